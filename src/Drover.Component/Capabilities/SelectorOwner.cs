using Drover.Component.Kernel;
using Drover.Contracts.Abi;
using Drover.Contracts.Rpc;

namespace Drover.Component.Capabilities;

/// <summary>
/// One owner of a selector. Calls and messages that use it hold it open: if it is disposed meanwhile, it is given back
/// when the last of them is done, so that a selector is never used for what core put into the slot later.
/// </summary>
internal sealed class SelectorOwner : CapabilityOwner
{
    private const int Disposed = 1;
    private const int OneUse = 2;

    private readonly Domain _domain;
    private int _state = OneUse; // bit 0: disposed; above: uses, the owner itself being one
    private int _givenBack;

    /// <summary>Takes over an owner that the map has counted.</summary>
    public SelectorOwner(Domain domain, uint selector)
    {
        _domain = domain;
        Selector = selector;
        domain.OwnerOpened();
    }

    ~SelectorOwner() => Dispose(false);

    public uint Selector { get; }

    public Domain Domain => _domain;

    public override CapabilityOwner Duplicate()
    {
        BeginUse();
        try
        {
            _domain.Map.AddOwner(Selector);
            return new SelectorOwner(_domain, Selector);
        }
        finally
        {
            EndUse();
        }
    }

    public override MessageBuffer BeginCall()
    {
        UtcbMessageBuffer message = _domain.CurrentThread.Message;
        message.Reset();
        return message;
    }

    public override CallStatus Call(MessageBuffer message)
    {
        ThreadContext thread = _domain.CurrentThread;
        if (message != thread.Message)
            throw new ArgumentException("the message belongs to another thread", nameof(message));
        BeginUse();
        try
        {
            CallResult result = thread.Invoke(PrivateCall.Call, Selector, thread.Message.Shape.Value);
            thread.Message.Arrive(result);
            return result.Status;
        }
        finally
        {
            EndUse();
        }
    }

    /// <summary>Keeps the selector open until <see cref="EndUse"/>.</summary>
    public void BeginUse()
    {
        int state = Volatile.Read(ref _state);
        while (true)
        {
            ObjectDisposedException.ThrowIf((state & Disposed) != 0, this);
            int seen = Interlocked.CompareExchange(ref _state, state + OneUse, state);
            if (seen == state)
                return;
            state = seen;
        }
    }

    public void EndUse()
    {
        if (Interlocked.Add(ref _state, -OneUse) == Disposed)
            GiveBack();
    }

    protected override void Dispose(bool disposing)
    {
        if (!disposing)
        {
            // Nobody can reach it any more, whatever uses were not ended: their thread is gone.
            TryGiveBack();
            return;
        }

        if ((Interlocked.Or(ref _state, Disposed) & Disposed) == 0)
            EndUse();
    }

    private void GiveBack()
    {
        if (Interlocked.Exchange(ref _givenBack, 1) != 0)
            return;
        _domain.OwnerClosed();
        _domain.Release(Selector, _domain.Map.RemoveOwner(Selector));
    }

    // An exception would end the process from the finalizer's thread. It can come when no UTCB is left for it, or when the whole
    // domain is given up with its owners: then core gives everything back.
    private void TryGiveBack()
    {
        try
        {
            GiveBack();
        }
        catch (Exception failure) when (failure is RpcException or SystemCallException or ObjectDisposedException)
        {
        }
    }
}
