using Drover.Contracts.Abi;
using Drover.Contracts.Rpc;
using Drover.Core.Capabilities;

namespace Drover.Core.Ipc;

/// <summary>
/// A message in core's own memory: what came from a UTCB is looked at here only, where the component cannot change it
/// any more. Capabilities are kernel objects.
/// </summary>
internal sealed class KernelMessage : MessageBuffer
{
    private readonly byte[] _data = new byte[UtcbLayout.DataBytes];
    private readonly KernelObject?[] _capabilities = new KernelObject?[UtcbLayout.MaxCapabilities];
    private int _taken;

    public int CapabilityCount { get; private set; }

    public MessageInfo Info => new(DataBytes, CapabilityCount);

    public ReadOnlySpan<byte> Content => _data.AsSpan(0, DataBytes);

    protected override Span<byte> Data => _data;

    public KernelObject CapabilityAt(int index) =>
        index < CapabilityCount ? _capabilities[index]! : throw new ArgumentOutOfRangeException(nameof(index));

    /// <summary>Takes over data that arrived; capabilities follow by <see cref="Append"/>.</summary>
    public void Load(ReadOnlySpan<byte> content)
    {
        Reset();
        content.CopyTo(_data);
        BeginRead(content.Length);
    }

    public void Append(KernelObject capability) => _capabilities[CapabilityCount++] = capability;

    /// <summary>Takes over another message whole.</summary>
    public void CopyFrom(KernelMessage other)
    {
        Load(other.Content);
        for (int i = 0; i < other.CapabilityCount; i++)
            Append(other._capabilities[i]!);
    }

    protected override void ResetCapabilities()
    {
        Array.Clear(_capabilities, 0, CapabilityCount);
        CapabilityCount = 0;
        _taken = 0;
    }

    protected override void AddCapability(CapabilityOwner capability)
    {
        if (capability is not KernelCapability held)
            throw new ArgumentException("a capability of another side cannot be sent from the node", nameof(capability));
        if (CapabilityCount == _capabilities.Length)
            throw new RpcException(CallStatus.MessageTooLong, "message");
        Append(held.Object);
    }

    protected override CapabilityOwner? TakeCapability() =>
        _taken < CapabilityCount ? new KernelCapability(_capabilities[_taken++]!) : null;
}
