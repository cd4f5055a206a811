using Sheep.Contracts;

namespace SheepCounter;

internal sealed class Ewe(string name) : ISheep
{
    private uint _bleats;

    public string Name() => name;

    public uint Bleat() => Interlocked.Increment(ref _bleats);
}
