namespace Drover.Core.Ipc;

/// <summary>One entrypoint: either requests wait for a thread, or threads for a request. Guarded by the kernel's lock.</summary>
internal sealed class EntrypointQueues
{
    /// <summary>Bounded by itself: a caller stands in at most one queue.</summary>
    public WaitQueue<Caller> Requests { get; } = new();

    public WaitQueue<KernelThread> Threads { get; } = new();
}
