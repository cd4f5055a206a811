namespace Drover.Linux.Tracing;

/// <summary>The process ended while something was to be done with it.</summary>
public sealed class ProcessEndedException : Exception
{
    internal ProcessEndedException(int threadId)
        : base($"Process or thread {threadId} has ended.") => HostThreadId = threadId;

    /// <summary>The thread, by its id on this node.</summary>
    public int HostThreadId { get; }
}
