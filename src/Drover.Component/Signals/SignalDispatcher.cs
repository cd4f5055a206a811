using Drover.Component.Capabilities;
using Drover.Component.Kernel;
using Drover.Component.Rpc;
using Drover.Contracts.Abi;
using Drover.Contracts.Rpc;
using Drover.Contracts.Sessions;

namespace Drover.Component.Signals;

/// <summary>
/// A signal source, the thread that waits at it, and the handlers of its contexts. Handlers run one after another: on
/// that thread, or on one of an entrypoint's, which it then calls through a proxy.
/// </summary>
internal sealed class SignalDispatcher : IDisposable
{
    private readonly Domain _domain;
    private readonly Capability<IPdSession> _pd;
    private readonly Capability<ISignalSource> _source;
    private readonly Capability<ISignalProxy>? _proxy;
    private readonly Thread _thread;
    private readonly Lock _lock = new();
    private readonly Dictionary<ulong, SignalHandler> _handlers = []; // guarded by _lock; by imprint
    private ulong _lastImprint; // guarded by _lock
    private List<(ulong Imprint, ulong Count)> _taken = []; // the waiting thread's, lent to the one that runs the handlers
    private volatile bool _isEnding;

    /// <summary>Runs handlers on the thread that waits.</summary>
    public SignalDispatcher(Domain domain, Capability<IPdSession> pd)
        : this(domain, pd, "signals", entrypoint: null)
    {
    }

    private SignalDispatcher(Domain domain, Capability<IPdSession> pd, string name, Entrypoint? entrypoint)
    {
        _domain = domain;
        _pd = pd;
        _source = pd.Client.CreateSignalSource().TryGet(out Capability<ISignalSource>? source, out AllocationError error)
            ? source
            : throw new RefusedException("making a signal source", error);
        try
        {
            _proxy = entrypoint?.Manage<ISignalProxy>(new Proxy(this), isInternal: true);
        }
        catch
        {
            FreeSource();
            throw;
        }

        _thread = new Thread(Serve) { Name = name, IsBackground = true };
        _thread.Start();
    }

    /// <summary>Runs handlers on a thread of the entrypoint, which serves the proxy for as long as it lives.</summary>
    public static SignalDispatcher OnEntrypoint(Domain domain, Capability<IPdSession> pd, Entrypoint entrypoint, string name) =>
        new(domain, pd, name, entrypoint);

    /// <param name="received">Gets the number of notifications since it last ran. What it throws ends the process.</param>
    public SignalHandler Add(Action<ulong> received)
    {
        ulong imprint;
        lock (_lock)
            imprint = ++_lastImprint;
        Capability<ISignalContext> context = _pd.Client.CreateSignalContext(_source, imprint)
            .TryGet(out Capability<ISignalContext>? made, out AllocationError error)
            ? made
            : throw new RefusedException("making a signal context", error);
        SignalHandler handler = new(this, imprint, context, received);
        lock (_lock)
            _handlers.Add(imprint, handler);
        return handler;
    }

    public void Remove(SignalHandler handler)
    {
        lock (_lock)
            _handlers.Remove(handler.Imprint);
        _pd.Client.FreeSignalContext(handler.Context);
    }

    /// <summary>Disposes all handlers and waits until the last has run. Not to be called by a handler.</summary>
    public void Dispose()
    {
        _isEnding = true;
        SignalHandler[] handlers;
        lock (_lock)
            handlers = [.. _handlers.Values];
        foreach (SignalHandler handler in handlers)
            handler.Dispose();
        _pd.Client.FreeSignalSource(_source); // which wakes the thread
        _thread.Join();
        _source.Dispose();
        _proxy?.Dispose(); // the object is dissolved with its entrypoint
    }

    private void Serve()
    {
        ThreadContext thread = _domain.CurrentThread;
        uint source = ((SelectorOwner)_source.Owner).Selector;
        while (true)
        {
            thread.Message.Reset();
            CallResult result = thread.Invoke(PrivateCall.SignalWait, source);
            if (result.Status == CallStatus.PeerRestored)
                continue;
            if (result.Status == CallStatus.PeerGone && _isEnding)
                return;
            if (result.Status != CallStatus.Ok)
                throw new RpcException(result.Status, nameof(PrivateCall.SignalWait));
            thread.Message.Arrive(result);
            // All are read before the first handler runs, because its calls use the same UTCB.
            while (thread.Message.UnreadBytes != 0)
                _taken.Add((thread.Message.Read<ulong>(), thread.Message.Read<ulong>()));
            Run();
        }
    }

    /// <summary>A call of the proxy that a restore came between is made again: what was taken and not run is still there.</summary>
    private void Run()
    {
        while (_taken.Count != 0)
        {
            try
            {
                if (_proxy is null)
                    RunHandlers();
                else
                    _proxy.Client.Run();
            }
            catch (RpcException again) when (again.Status == CallStatus.PeerRestored)
            {
            }
        }
    }

    private void RunHandlers()
    {
        List<(ulong Imprint, ulong Count)> taken = _taken;
        _taken = [];
        foreach ((ulong imprint, ulong count) in taken)
            Find(imprint)?.Receive(count);
    }

    private SignalHandler? Find(ulong imprint)
    {
        lock (_lock)
            return _handlers.GetValueOrDefault(imprint);
    }

    private void FreeSource()
    {
        _pd.Client.FreeSignalSource(_source);
        _source.Dispose();
    }

    private sealed class Proxy(SignalDispatcher dispatcher) : ISignalProxy
    {
        public void Run() => dispatcher.RunHandlers();
    }
}
