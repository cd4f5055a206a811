namespace Drover.Bench.Inner;

internal sealed class Summand : ISummand
{
    private ulong _sum;

    public ulong Add(ulong number) => _sum += number;
}
