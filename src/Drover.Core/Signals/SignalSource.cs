using System.Buffers.Binary;
using Drover.Contracts.Abi;
using Drover.Core.Capabilities;
using Drover.Core.Ipc;

namespace Drover.Core.Signals;

/// <summary>Where the signals of its contexts arrive, and where threads of its domain wait for them.</summary>
public sealed class SignalSource : KernelObject
{
    private const int PairBytes = 2 * sizeof(ulong);
    private const int MaximumPairs = UtcbLayout.DataBytes / PairBytes;

    private readonly LinkedList<SignalContext> _pending = new(); // guarded by the kernel's lock
    private readonly WaitQueue<KernelThread> _waiting = new(); // guarded by the kernel's lock

    internal SignalSource(Kernel kernel, ProtectionDomain owner, Badge badge)
        : base(kernel, owner, badge)
    {
        Domain = owner;
    }

    public override KernelObjectKind Kind => KernelObjectKind.SignalSource;

    public override string Description => "signal source";

    private ProtectionDomain Domain { get; }

    internal void Wait(KernelScope scope, KernelThread thread)
    {
        thread.WaitsAt = this;
        _waiting.Enqueue(thread);
        Pump(scope);
    }

    /// <summary>The count stops at the greatest number there is, so that submitting can do no harm.</summary>
    internal void Submit(KernelScope scope, SignalContext context, ulong count)
    {
        if (count == 0 || !context.IsAlive || !IsAlive)
            return;
        if (context.Pending == 0)
            _pending.AddLast(context.Node);
        context.Pending = context.Pending > ulong.MaxValue - count ? ulong.MaxValue : context.Pending + count;
        Pump(scope);
    }

    internal void Forget(SignalContext context)
    {
        if (context.Pending == 0)
            return;
        context.Pending = 0;
        _pending.Remove(context.Node);
    }

    /// <summary>Ends it; threads that wait are told.</summary>
    internal void End(KernelScope scope)
    {
        IsAlive = false;
        while (_waiting.Dequeue() is { } thread)
            thread.Answer(scope, new CallResult(CallStatus.PeerGone));
    }

    /// <summary>Gives what is pending to the thread that waits longest.</summary>
    internal void Pump(KernelScope scope)
    {
        while (!Domain.IsStopped && _pending.Count > 0 && _waiting.Dequeue() is { } thread)
            Give(scope, thread);
    }

    private void Give(KernelScope scope, KernelThread thread)
    {
        Span<byte> data = Domain.UtcbDataOf(thread);
        int pairs = 0;
        while (pairs < MaximumPairs && _pending.First is { } node)
        {
            SignalContext context = node.Value;
            BinaryPrimitives.WriteUInt64LittleEndian(data[(pairs * PairBytes)..], context.Imprint);
            BinaryPrimitives.WriteUInt64LittleEndian(data[((pairs * PairBytes) + sizeof(ulong))..], context.Pending);
            context.Pending = 0;
            _pending.RemoveFirst();
            pairs++;
        }

        thread.Arrival.Begin(0);
        thread.Answer(scope, new CallResult(CallStatus.Ok, new MessageInfo(pairs * PairBytes, 0).Value));
    }
}
