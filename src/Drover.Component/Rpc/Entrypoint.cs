using Drover.Component.Capabilities;
using Drover.Component.Kernel;
using Drover.Component.Signals;
using Drover.Contracts;
using Drover.Contracts.Abi;
using Drover.Contracts.Rpc;
using Drover.Contracts.Sessions;

namespace Drover.Component.Rpc;

/// <summary>
/// Threads that serve calls to the component's RPC objects. With one thread, the objects need no locks against each
/// other; an object must then not call itself through its own capability. Thread-safe.
/// </summary>
/// <remarks>Disposing ends it: objects that it still serves are dissolved, calls that are being served are finished, and
/// then its threads leave. It must not be disposed by a thread of its own.</remarks>
public sealed class Entrypoint : IDisposable
{
    [ThreadStatic]
    private static Entrypoint? s_ofThisThread;

    [ThreadStatic]
    private static bool s_leaves;

    private readonly Domain _domain;
    private readonly ObjectPool _pool;
    private readonly Capability<IPdSession> _pd;
    private readonly EntrypointNumbers _numbers;
    private readonly uint _number;
    private readonly string _name;
    private readonly Thread[] _threads;
    private readonly Capability<IEntrypointExit> _exit;
    private readonly Lock _signalsLock = new(); // held while the dispatcher is made: above all others
    private SignalDispatcher? _signals; // guarded by _signalsLock
    private volatile bool _isEnding; // written under _signalsLock

    internal Entrypoint(Domain domain, ObjectPool pool, Capability<IPdSession> pd, EntrypointNumbers numbers, EntrypointOptions options)
    {
        _domain = domain;
        _pool = pool;
        _pd = pd;
        _numbers = numbers;
        _name = options.Name;
        _number = numbers.Take();
        try
        {
            // Made now, so that quota which is missing later does not keep the entrypoint from ending.
            _exit = Manage<IEntrypointExit>(new Exit(), isInternal: true);
        }
        catch
        {
            numbers.GiveBack(_number);
            throw;
        }

        _threads = new Thread[options.Threads];
        for (int i = 0; i < _threads.Length; i++)
        {
            string name = options.Threads == 1 ? options.Name : $"{options.Name} {i}";
            _threads[i] = new Thread(Serve) { Name = name, IsBackground = !options.KeepsProcessAlive };
            _threads[i].Start();
        }
    }

    /// <summary>Lets others call the object through the capability, which the caller of this method owns. The object is
    /// served until it is dissolved, whether the capability is kept or not. Throws <see cref="RefusedException"/> if
    /// core refuses a gate.</summary>
    public Capability<T> Manage<T>(T target)
        where T : class => Manage(target, isInternal: false);

    /// <summary>For objects of the base library itself.</summary>
    internal Capability<T> Manage<T>(T target, bool isInternal)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(target);
        ObjectDisposedException.ThrowIf(_isEnding, this);
        IRpcDispatcher dispatcher = RpcBinding<T>.CreateDispatcher(target);
        uint label = _pool.TakeLabel();
        Capability<T> capability;
        try
        {
            Attempt<Capability<IObject>, AllocationError> made = _pd.Client.CreateGate(_number, label);
            if (!made.TryGet(out Capability<IObject>? gate, out AllocationError error))
                throw new RefusedException($"serving a {typeof(T).Name}", error);
            capability = gate.As<T>();
            _pool.Put(label, new(label, _number, isInternal, dispatcher, (SelectorOwner)gate.Owner), _domain.Map);
        }
        catch
        {
            _pool.GiveBackLabel(label);
            throw;
        }

        if (!_isEnding)
            return capability;
        // Whoever ends the entrypoint may have looked for its objects before this one was among them.
        using (capability)
            Dissolve(capability);
        throw new ObjectDisposedException(nameof(Entrypoint));
    }

    /// <summary>Ends serving the object behind one of the component's own capabilities: every capability to it is void
    /// from now on. A call that is being served is finished.</summary>
    /// <returns>The object; null if the capability is to none that is served.</returns>
    public object? Dissolve<T>(Capability<T> capability)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(capability);
        return Dissolve(capability.Owner);
    }

    public void Dispose()
    {
        if (s_ofThisThread == this)
            throw new InvalidOperationException($"the entrypoint '{_name}' cannot be ended by a thread of its own, which would wait for itself");
        SignalDispatcher? signals;
        lock (_signalsLock)
        {
            if (_isEnding)
                return;
            _isEnding = true;
            signals = _signals;
        }

        signals?.Dispose();
        uint exit = ((SelectorOwner)_exit.Owner).Selector;
        foreach (ManagedObject served in _pool.ServedBy(_number))
        {
            if (served.Owner.Selector != exit)
                Dissolve(served.Owner);
        }

        for (int i = 0; i < _threads.Length; i++)
            _exit.Client.Leave();
        foreach (Thread thread in _threads)
            thread.Join();
        Dissolve(_exit);
        _exit.Dispose();
        _numbers.GiveBack(_number);
    }

    internal object? Dissolve(CapabilityOwner capability)
    {
        if (capability is not SelectorOwner { } owner || _pool.Remove(owner.Selector) is not { } removed)
            return null;
        using Capability<IObject> gate = new(removed.Owner);
        // A refusal says that the gate is gone already, as that of a session is which the parent has closed.
        _ = _pd.Client.DissolveGate(gate);
        _pool.GiveBackLabel(removed.Label);
        return removed.Dispatcher.Target;
    }

    /// <summary>A signal handler that runs on a thread of this entrypoint.</summary>
    internal SignalHandler AddSignalHandler(Action<ulong> received)
    {
        lock (_signalsLock)
        {
            ObjectDisposedException.ThrowIf(_isEnding, this);
            _signals ??= SignalDispatcher.OnEntrypoint(_domain, _pd, this, $"{_name} signals");
            return _signals.Add(received);
        }
    }

    private void Serve()
    {
        s_ofThisThread = this;
        ThreadContext thread = _domain.CurrentThread;
        CallResult reply = default;
        while (true)
        {
            CallResult request = thread.Invoke(PrivateCall.ReplyAndWait, _number, reply.Value);
            thread.Message.Arrive(request);
            switch (request.Status)
            {
                case CallStatus.Ok:
                    reply = new(Dispatch(thread.Message), thread.Message.Shape.Value);
                    break;
                case CallStatus.PeerGone or CallStatus.PeerRestored:
                    reply = default; // whom the reply was for does not wait any more
                    break;
                default:
                    // Core refused the reply and the caller still waits. A refusal of an empty one cannot be answered.
                    if (reply.Status != CallStatus.Ok)
                        throw new RpcException(request.Status, nameof(PrivateCall.ReplyAndWait));
                    reply = new(CallStatus.ServerFault);
                    break;
            }

            if (!s_leaves)
                continue;
            thread.Invoke(PrivateCall.Reply, reply.Value);
            thread.Message.Reset();
            return;
        }
    }

    private unsafe CallStatus Dispatch(UtcbMessageBuffer message)
    {
        if (_pool.Find(message.Label, message.Badge) is not { } called)
        {
            message.Reset();
            return CallStatus.PeerGone;
        }

        CallStatus status = called.Dispatcher.Dispatch(message, out Exception? fault);
        if (fault is not null)
            Console.Error.WriteLine($"{called.Dispatcher.Target.GetType().Name} failed while serving a call: {fault}");
        return status;
    }

    private sealed class Exit : IEntrypointExit
    {
        public void Leave() => s_leaves = true;
    }
}
