namespace Meter;

internal sealed class Adder : IAdder
{
    private ulong _sum; // the one thread of its entrypoint only

    public ulong Add(ulong number) => _sum += number;
}
