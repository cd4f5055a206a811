using Sheep.Contracts;

namespace Examiner;

/// <summary>A sheep that this component serves itself.</summary>
internal sealed class Stray : ISheep
{
    private uint _bleats;

    public string Name() => "Stray";

    public uint Bleat() => ++_bleats;
}
