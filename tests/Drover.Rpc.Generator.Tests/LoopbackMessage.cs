using Drover.Contracts.Abi;
using Drover.Contracts.Rpc;

namespace Drover.Rpc.Generator.Tests;

/// <summary>A message in memory. It owns what is in it until that is taken.</summary>
internal sealed class LoopbackMessage : MessageBuffer
{
    private readonly byte[] _data = new byte[UtcbLayout.DataBytes];
    private readonly List<CapabilityOwner> _capabilities = [];
    private int _taken;

    public byte[] Content => _data[..DataBytes];

    public IReadOnlyList<CapabilityOwner> Capabilities => _capabilities;

    protected override Span<byte> Data => _data;

    public void Arrive(byte[] content, IReadOnlyList<CapabilityOwner> capabilities)
    {
        CapabilityOwner[] arrived = [.. capabilities.Select(capability => capability.Duplicate())];
        Reset();
        content.CopyTo(_data, 0);
        _capabilities.AddRange(arrived);
        BeginRead(content.Length);
    }

    protected override void ResetCapabilities()
    {
        foreach (CapabilityOwner left in _capabilities.Skip(_taken))
            left.Dispose();
        _capabilities.Clear();
        _taken = 0;
    }

    protected override void AddCapability(CapabilityOwner capability) => _capabilities.Add(capability.Duplicate());

    protected override CapabilityOwner? TakeCapability() => _taken < _capabilities.Count ? _capabilities[_taken++] : null;
}
