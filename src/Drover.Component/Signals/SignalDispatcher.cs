using Drover.Component.Capabilities;
using Drover.Component.Kernel;
using Drover.Contracts.Abi;
using Drover.Contracts.Rpc;
using Drover.Contracts.Sessions;

namespace Drover.Component.Signals;

/// <summary>The component's signal source and the thread that waits at it and runs the handlers, one after another.</summary>
internal sealed class SignalDispatcher
{
    private readonly Domain _domain;
    private readonly Capability<IPdSession> _pd;
    private readonly Capability<ISignalSource> _source;
    private readonly Lock _lock = new();
    private readonly Dictionary<ulong, SignalHandler> _handlers = []; // guarded by _lock; by imprint
    private ulong _lastImprint; // guarded by _lock

    public SignalDispatcher(Domain domain, Capability<IPdSession> pd)
    {
        _domain = domain;
        _pd = pd;
        _source = pd.Client.CreateSignalSource().TryGet(out Capability<ISignalSource>? source, out AllocationError error)
            ? source
            : throw new RefusedException("making a signal source", error);
        new Thread(Serve) { Name = "signals", IsBackground = true }.Start();
    }

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

    private void Serve()
    {
        ThreadContext thread = _domain.CurrentThread;
        SelectorOwner source = (SelectorOwner)_source.Owner;
        List<(ulong Imprint, ulong Count)> taken = [];
        while (true)
        {
            thread.Message.Reset();
            CallResult result = thread.Invoke(PrivateCall.SignalWait, source.Selector);
            if (result.Status == CallStatus.PeerRestored)
                continue;
            if (result.Status != CallStatus.Ok)
                throw new RpcException(result.Status, nameof(PrivateCall.SignalWait));
            thread.Message.Arrive(result);
            // All are read before the first handler runs, because its calls use the same UTCB.
            taken.Clear();
            while (thread.Message.UnreadBytes != 0)
                taken.Add((thread.Message.Read<ulong>(), thread.Message.Read<ulong>()));
            foreach ((ulong imprint, ulong count) in taken)
                Find(imprint)?.Receive(count);
        }
    }

    private SignalHandler? Find(ulong imprint)
    {
        lock (_lock)
            return _handlers.GetValueOrDefault(imprint);
    }
}
