namespace Drover.Component.Tests.Fakes;

/// <summary>What the tests' core knows of one thread.</summary>
internal sealed class FakeThread(int slot)
{
    public int Slot { get; } = slot;

    public ulong LastSequence { get; set; }

    public FakeCall? Serving { get; set; }
}
