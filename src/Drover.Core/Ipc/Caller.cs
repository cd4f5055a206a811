using Drover.Contracts.Abi;

namespace Drover.Core.Ipc;

/// <summary>One that calls gates: a component's thread, or node-side code. At most one call of it is in flight.</summary>
internal abstract class Caller : Waiter
{
    /// <summary>The request on its way, later the reply.</summary>
    public KernelMessage Message { get; } = new();

    /// <summary>The number of its present call. With the caller's identity it is the name that a reply right carries.</summary>
    public ulong Sequence { get; protected set; }

    /// <summary>The gate of the call in flight.</summary>
    public Gate? Target { get; set; }

    /// <summary>The thread that serves the call in flight, once it was delivered.</summary>
    public KernelThread? Server { get; set; }

    /// <summary>True while the caller waits for the outcome of a call to a component.</summary>
    public abstract bool IsCalling { get; }

    /// <summary>Ends the call: with the reply in <see cref="Message"/> if the status is Ok. Under the kernel's lock.</summary>
    public abstract void Complete(KernelScope scope, CallStatus status);
}
