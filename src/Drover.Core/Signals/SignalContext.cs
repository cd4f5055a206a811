using Drover.Contracts.Rpc;
using Drover.Contracts.Sessions;
using Drover.Core.Capabilities;
using Drover.Core.Ipc;

namespace Drover.Core.Signals;

/// <summary>The target of payload-free notifications, counted until a thread takes them.</summary>
public sealed class SignalContext : KernelObject, IServedObject
{
    private IRpcDispatcher? _dispatcher;

    internal SignalContext(Kernel kernel, ProtectionDomain owner, Badge badge, SignalSource source, ulong imprint)
        : base(kernel, owner, badge)
    {
        Source = source;
        Imprint = imprint;
        Node = new LinkedListNode<SignalContext>(this);
    }

    public override KernelObjectKind Kind => KernelObjectKind.SignalContext;

    /// <summary>What the waiting thread gets to know it by.</summary>
    public ulong Imprint { get; }

    public override string Description => $"signal context 0x{Imprint:x}";

    ServiceMode IServedObject.Mode => ServiceMode.Inline;

    IRpcDispatcher IServedObject.Dispatcher =>
        _dispatcher ??= RpcBinding<ISignalContext>.CreateDispatcher(new Submission(this));

    internal SignalSource Source { get; }

    internal LinkedListNode<SignalContext> Node { get; }

    /// <summary>Notifications not yet taken. Guarded by the kernel's lock.</summary>
    internal ulong Pending { get; set; }

    /// <summary>Notifies. Allocates nothing, never blocks; does nothing if the context is gone.</summary>
    public void Submit(uint count)
    {
        using KernelScope scope = Kernel.Enter();
        Source.Submit(scope, this, count);
    }

    /// <summary>Brings recorded notifications back.</summary>
    internal void Restore(ulong pending)
    {
        using KernelScope scope = Kernel.Enter();
        Source.Submit(scope, this, pending);
    }

    private sealed class Submission(SignalContext context) : ISignalContext
    {
        public void Submit(uint count) => context.Submit(count);
    }
}
