namespace Drover.Core.Ipc;

/// <summary>One entrypoint: either requests wait for a thread, or threads for a request. Guarded by the kernel's lock.</summary>
internal sealed class EntrypointQueues
{
    /// <summary>Bounded by itself: a caller stands in at most one queue.</summary>
    public WaitQueue<Caller> Requests { get; } = new();

    /// <summary>The one that came last serves first: its stack and its message are still in the processor's caches, and threads
    /// that the load does not need sleep on.</summary>
    public WaitQueue<KernelThread> Threads { get; } = new();
}
