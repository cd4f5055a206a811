using Drover.Contracts.Abi;
using Drover.Contracts.Rpc;

namespace Drover.Component.Tests.Fakes;

/// <summary>A message in core's memory.</summary>
internal sealed class FakeMessage(FakeCore core) : MessageBuffer
{
    private readonly byte[] _data = new byte[UtcbLayout.DataBytes];
    private int _taken;

    public List<FakeObject> Capabilities { get; } = [];

    public MessageInfo Shape => new(DataBytes, Capabilities.Count);

    public ReadOnlySpan<byte> Content => _data.AsSpan(0, DataBytes);

    protected override Span<byte> Data => _data;

    public void Load(ReadOnlySpan<byte> content, IEnumerable<FakeObject> capabilities)
    {
        FakeObject[] arrived = [.. capabilities];
        Reset();
        content.CopyTo(_data);
        Capabilities.AddRange(arrived);
        BeginRead(content.Length);
    }

    protected override void ResetCapabilities()
    {
        Capabilities.Clear();
        _taken = 0;
    }

    protected override void AddCapability(CapabilityOwner capability) =>
        Capabilities.Add(((FakeCapability)capability).Object);

    protected override CapabilityOwner? TakeCapability() =>
        _taken < Capabilities.Count ? new FakeCapability(core, Capabilities[_taken++]) : null;
}
