using System.Diagnostics.CodeAnalysis;
using Drover.Component.Capabilities;
using Drover.Contracts.Abi;
using Drover.Contracts.Rpc;

namespace Drover.Component.Kernel;

/// <summary>The protection domain seen from inside: private calls, threads known to core, and what is held.</summary>
[SuppressMessage("Design", "CA1001", Justification = "lives as long as the process")]
internal sealed class Domain
{
    private readonly IKernelCalls _kernel;
    private readonly ThreadLocal<ThreadContext> _threads;
    private long _openOwners;

    public Domain(IKernelCalls kernel)
    {
        _kernel = kernel;
        _threads = new(() => ThreadContext.Attach(this, _kernel));
    }

    public CapabilityMap Map { get; } = new();

    /// <summary>Owners that were neither disposed nor collected.</summary>
    public long OpenOwners => Interlocked.Read(ref _openOwners);

    /// <summary>The calling thread, made known to core if it is not yet.</summary>
    public ThreadContext CurrentThread => _threads.Value!;

    /// <summary>The owner of a capability that was there before the first instruction. To be called by a thread that has
    /// done nothing but become known to core, whose UTCB tells the badge.</summary>
    public Capability<T> WellKnown<T>(uint selector)
        where T : class => new(CurrentThread.Message.TakeWellKnown(selector));

    public void OwnerOpened() => Interlocked.Increment(ref _openOwners);

    public void OwnerClosed() => Interlocked.Decrement(ref _openOwners);

    /// <summary>Gives deliveries back to core. A refusal means that core counted otherwise; nothing can be done about
    /// it here, and the slot remains in use.</summary>
    public void Release(uint selector, uint deliveries)
    {
        if (deliveries != 0)
            CurrentThread.Invoke(PrivateCall.Release, selector, deliveries);
    }
}
