using Drover.Contracts.Rpc;
using Drover.Contracts.Sessions;

namespace Drover.Component.Signals;

/// <summary>Receives the notifications that others submit to its context. Disposing ends that.</summary>
public sealed class SignalHandler : IDisposable
{
    private readonly SignalDispatcher _dispatcher;
    private readonly Action<ulong> _received;
    private int _disposed;

    internal SignalHandler(SignalDispatcher dispatcher, ulong imprint, Capability<ISignalContext> context, Action<ulong> received)
    {
        _dispatcher = dispatcher;
        _received = received;
        Imprint = imprint;
        Context = context;
    }

    /// <summary>To be passed to whoever shall notify. Owned by this object.</summary>
    public Capability<ISignalContext> Context { get; }

    internal ulong Imprint { get; }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        _dispatcher.Remove(this);
        Context.Dispose();
    }

    internal void Receive(ulong count)
    {
        if (Volatile.Read(ref _disposed) == 0)
            _received(count);
    }
}
