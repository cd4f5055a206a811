using Drover.Contracts.Abi;

namespace Drover.Component.Tests.Fakes;

/// <summary>A call to a gate on its way.</summary>
internal sealed class FakeCall(FakeGate gate, byte[] content, FakeObject[] capabilities)
{
    public FakeGate Gate { get; } = gate;

    public byte[] Content { get; set; } = content;

    public FakeObject[] Capabilities { get; set; } = capabilities;

    public bool IsDone { get; set; }

    public CallStatus Status { get; set; }
}
