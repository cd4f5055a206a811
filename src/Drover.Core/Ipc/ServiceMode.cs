namespace Drover.Core.Ipc;

/// <summary>Where the requests to a service inside the node are served.</summary>
public enum ServiceMode
{
    /// <summary>On the caller's dispatch thread: for what is short and never blocks.</summary>
    Inline,

    /// <summary>On the thread pool, a few at a time for each calling domain: for what may wait.</summary>
    Deferred,
}
