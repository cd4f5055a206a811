using Drover.Component.Kernel;
using Drover.Contracts.Abi;
using Drover.Contracts.Rpc;

namespace Drover.Component.Capabilities;

/// <summary>The message in a thread's UTCB. What it sends is held open until it is emptied; what arrived and was not
/// taken goes back to core.</summary>
internal sealed unsafe class UtcbMessageBuffer(Domain domain, nint slot) : MessageBuffer
{
    private readonly byte* _slot = (byte*)slot;
    private readonly SelectorOwner?[] _sent = new SelectorOwner?[UtcbLayout.MaxCapabilities];
    private int _sentCount;
    private int _arrivedCount;
    private int _takenCount;

    /// <summary>What is to be sent.</summary>
    public MessageInfo Shape => new(DataBytes, _sentCount);

    /// <summary>Badge of the invoked gate, in a request. May be rewritten whenever the thread is stopped.</summary>
    public ulong* Badge => (ulong*)(_slot + UtcbLayout.BadgeOffset);

    /// <summary>Label of the invoked gate, in a request.</summary>
    public ulong Label => *(ulong*)(_slot + UtcbLayout.LabelOffset);

    protected override Span<byte> Data => new(_slot + UtcbLayout.DataOffset, UtcbLayout.DataBytes);

    /// <summary>Turns to what core has put into the UTCB; to nothing if the call failed.</summary>
    public void Arrive(CallResult result)
    {
        Reset();
        if (result.Status != CallStatus.Ok)
            return;
        MessageInfo shape = new(result.Info);
        if (!shape.Fits)
            throw Malformed();
        _arrivedCount = shape.Capabilities;
        BeginRead(shape.DataBytes);
    }

    /// <summary>The owner of a capability that Startup told of.</summary>
    public SelectorOwner TakeWellKnown(uint selector)
    {
        byte* entry = Entry((int)selector - 1);
        return *(uint*)entry == selector
            ? new(domain, domain.Map.Arrive(entry))
            : throw new RpcException(CallStatus.VersionMismatch, nameof(PrivateCall.Startup));
    }

    protected override void ResetCapabilities()
    {
        while (_sentCount > 0)
        {
            SelectorOwner sent = _sent[--_sentCount]!;
            _sent[_sentCount] = null;
            sent.EndUse();
        }

        while (_takenCount < _arrivedCount)
            domain.Release(*(uint*)Entry(_takenCount++), 1);
        _arrivedCount = 0;
        _takenCount = 0;
    }

    protected override void AddCapability(CapabilityOwner capability)
    {
        if (capability is not SelectorOwner owner || owner.Domain != domain)
            throw new ArgumentException("the capability belongs to another domain", nameof(capability));
        if (_sentCount == UtcbLayout.MaxCapabilities)
            throw new RpcException(CallStatus.MessageTooLong, "message");
        owner.BeginUse();
        byte* entry = Entry(_sentCount);
        *(ulong*)entry = owner.Selector;
        *(ulong*)(entry + UtcbLayout.CapabilityBadgeOffset) = 0;
        _sent[_sentCount++] = owner;
    }

    protected override CapabilityOwner? TakeCapability()
    {
        if (_takenCount == _arrivedCount)
            return null;
        byte* entry = Entry(_takenCount++);
        return *(uint*)entry == WellKnownSelectors.Null ? null : new SelectorOwner(domain, domain.Map.Arrive(entry));
    }

    private byte* Entry(int index) => _slot + UtcbLayout.CapabilitiesOffset + (index * UtcbLayout.CapabilityBytes);
}
