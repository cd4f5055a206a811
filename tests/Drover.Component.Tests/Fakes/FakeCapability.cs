using Drover.Contracts.Abi;
using Drover.Contracts.Rpc;

namespace Drover.Component.Tests.Fakes;

/// <summary>A capability on core's side.</summary>
internal sealed class FakeCapability(FakeCore core, FakeObject target) : CapabilityOwner
{
    public FakeObject Object { get; } = target;

    public static FakeObject Of<T>(Capability<T> capability)
        where T : class => ((FakeCapability)capability.Owner).Object;

    public override CapabilityOwner Duplicate() => new FakeCapability(core, Object);

    public override MessageBuffer BeginCall() => new FakeMessage(core);

    public override CallStatus Call(MessageBuffer message) => core.CallFromOutside(Object, (FakeMessage)message);

    protected override void Dispose(bool disposing)
    {
    }
}
