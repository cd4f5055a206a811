using System.Buffers.Binary;
using Drover.Contracts.Abi;
using Drover.Platform.Traps;

namespace Drover.Core.Tests.Fakes;

/// <summary>A thread of a component as the base library would drive it, but one step at a time.</summary>
internal sealed class FakeThread
{
    private readonly ProtectionDomain _domain;
    private TrappedCall _call;

    public FakeThread(ProtectionDomain domain, FakePort port, int hostThreadId, bool startup = true)
    {
        _domain = domain;
        Port = port;
        HostThreadId = hostThreadId;
        if (!startup)
            return;
        CallResult started = Private(PrivateCall.Startup, AbiVersion.Current, 0, 0)!.Value;
        Assert.Equal(CallStatus.Ok, started.Status);
        Slot = (int)started.Info;
    }

    public FakePort Port { get; }

    public int HostThreadId { get; }

    public int Slot { get; set; }

    public ulong Sequence { get; set; }

    public ulong CallId => _call.Id;

    /// <summary>The answer to the call that was issued last, if it came.</summary>
    public CallResult? Answer => Port.AnswerTo(_call.Id);

    public Span<byte> Utcb => _domain.UtcbMemory.Span((ulong)Slot * UtcbLayout.SlotBytes, UtcbLayout.SlotBytes);

    public ulong Badge => BinaryPrimitives.ReadUInt64LittleEndian(Utcb[UtcbLayout.BadgeOffset..]);

    public ulong Label => BinaryPrimitives.ReadUInt64LittleEndian(Utcb[UtcbLayout.LabelOffset..]);

    public ulong Word
    {
        get => BinaryPrimitives.ReadUInt64LittleEndian(Utcb[UtcbLayout.DataOffset..]);
        set => BinaryPrimitives.WriteUInt64LittleEndian(Utcb[UtcbLayout.DataOffset..], value);
    }

    public CallResult? Private(PrivateCall number, ulong argument0, ulong argument1, ulong argument2)
    {
        _call = new TrappedCall(Port.Issue(), HostThreadId, (int)number, 0, argument0, argument1, argument2, 0, 0, 0);
        _domain.Handle(Port, _call);
        return Answer;
    }

    /// <summary>Sends one word and capabilities.</summary>
    public CallResult? Call(uint selector, ulong word = 0, params uint[] capabilities)
    {
        Word = word;
        return Private(PrivateCall.Call, selector, Compose(capabilities), ++Sequence);
    }

    public CallResult? Wait(uint entrypoint = 0) => Private(PrivateCall.ReplyAndWait, entrypoint, 0, ++Sequence);

    public CallResult? ReplyAndWait(ulong word, uint entrypoint = 0, params uint[] capabilities)
    {
        Word = word;
        return Private(PrivateCall.ReplyAndWait, entrypoint, new CallResult(CallStatus.Ok, Compose(capabilities)).Value, ++Sequence);
    }

    public CallResult? SignalWait(uint selector) => Private(PrivateCall.SignalWait, selector, 0, ++Sequence);

    public CallStatus Release(uint selector, ulong count = 1) =>
        Private(PrivateCall.Release, selector, count, ++Sequence)!.Value.Status;

    /// <summary>Issues a release that may find the domain stopped.</summary>
    public CallResult? TryRelease(uint selector) => Private(PrivateCall.Release, selector, 1, ++Sequence);

    /// <summary>Interrupts the call, if it still waits, and issues it again.</summary>
    public CallResult? Reissue()
    {
        Port.Interrupt(_call.Id);
        _call = _call with { Id = Port.Issue() };
        _domain.Handle(Port, _call);
        return Answer;
    }

    public (uint Selector, ulong Badge) Arrived(int index)
    {
        ReadOnlySpan<byte> entry = Utcb[(UtcbLayout.CapabilitiesOffset + (index * UtcbLayout.CapabilityBytes))..];
        return (BinaryPrimitives.ReadUInt32LittleEndian(entry),
            BinaryPrimitives.ReadUInt64LittleEndian(entry[UtcbLayout.CapabilityBadgeOffset..]));
    }

    private uint Compose(uint[] capabilities)
    {
        for (int i = 0; i < capabilities.Length; i++)
        {
            Span<byte> entry = Utcb[(UtcbLayout.CapabilitiesOffset + (i * UtcbLayout.CapabilityBytes))..];
            BinaryPrimitives.WriteUInt32LittleEndian(entry, capabilities[i]);
        }

        return new MessageInfo(sizeof(ulong), capabilities.Length).Value;
    }
}
