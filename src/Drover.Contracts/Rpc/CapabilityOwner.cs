using Drover.Contracts.Abi;

namespace Drover.Contracts.Rpc;

/// <summary>
/// One owner of a capability, on whichever side: in a component it owns a selector, in core a reference to a kernel
/// object. Disposing gives it back; further use throws <see cref="ObjectDisposedException"/>. Thread-safe.
/// </summary>
public abstract class CapabilityOwner : IDisposable
{
    /// <summary>Another owner of the same capability.</summary>
    public abstract CapabilityOwner Duplicate();

    /// <summary>The calling thread's message, emptied. Not kept beyond the call.</summary>
    public abstract MessageBuffer BeginCall();

    /// <summary>Sends the message to the object and puts the reply in its place.</summary>
    public abstract CallStatus Call(MessageBuffer message);

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);
}
