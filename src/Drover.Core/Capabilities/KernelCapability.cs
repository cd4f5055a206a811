using Drover.Contracts.Abi;
using Drover.Contracts.Rpc;
using Drover.Core.Ipc;

namespace Drover.Core.Capabilities;

/// <summary>
/// A capability in the hands of node-side code. Calls to a component block the calling thread, up to the kernel's
/// patience: never make them on a dispatch thread.
/// </summary>
public sealed class KernelCapability : CapabilityOwner
{
    private readonly KernelObject _object;
    private volatile bool _isDisposed;

    public KernelCapability(KernelObject target)
    {
        ArgumentNullException.ThrowIfNull(target);
        _object = target;
    }

    /// <summary>The object it points at, dead or alive.</summary>
    public KernelObject Object
    {
        get
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return _object;
        }
    }

    public override CapabilityOwner Duplicate() => new KernelCapability(Object);

    public override MessageBuffer BeginCall()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return NodeCaller.OfThisThread.BeginMessage();
    }

    public override CallStatus Call(MessageBuffer message)
    {
        if (message is not KernelMessage request)
            throw new ArgumentException("the message is not one of BeginCall", nameof(message));
        return NodeCaller.OfThisThread.Call(Object, request);
    }

    protected override void Dispose(bool disposing) => _isDisposed = true;
}
