using Drover.Contracts.Rpc;

namespace Drover.Component.Signals;

/// <summary>Carries signals to a thread of an entrypoint: the thread that waits for them calls it, an entrypoint's thread
/// serves it. So handlers and methods of a single-threaded entrypoint never run at the same time.</summary>
[RpcInterface]
internal interface ISignalProxy
{
    /// <summary>Runs the handlers of the signals that the calling thread has taken.</summary>
    void Run();
}
