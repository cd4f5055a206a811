using Drover.Component.Capabilities;
using Drover.Component.Kernel;
using Drover.Contracts;
using Drover.Contracts.Abi;
using Drover.Contracts.Rpc;
using Drover.Contracts.Sessions;

namespace Drover.Component.Rpc;

/// <summary>
/// Threads that serve calls to the component's RPC objects. With one thread, the objects need no locks against each
/// other; an object must then not call itself through its own capability. Thread-safe.
/// </summary>
public sealed class Entrypoint
{
    private readonly Domain _domain;
    private readonly ObjectPool _pool;
    private readonly Capability<IPdSession> _pd;
    private readonly uint _number;

    internal Entrypoint(Domain domain, ObjectPool pool, Capability<IPdSession> pd, uint number, EntrypointOptions options)
    {
        _domain = domain;
        _pool = pool;
        _pd = pd;
        _number = number;
        for (int i = 0; i < options.Threads; i++)
        {
            string name = options.Threads == 1 ? options.Name : $"{options.Name} {i}";
            new Thread(Serve) { Name = name, IsBackground = !options.KeepsProcessAlive }.Start();
        }
    }

    /// <summary>Lets others call the object through the capability, which the caller of this method owns. The object is
    /// served until it is dissolved, whether the capability is kept or not. Throws <see cref="RefusedException"/> if
    /// core refuses a gate.</summary>
    public Capability<T> Manage<T>(T target)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(target);
        IRpcDispatcher dispatcher = RpcBinding<T>.CreateDispatcher(target);
        uint label = _pool.TakeLabel();
        try
        {
            Attempt<Capability<IObject>, AllocationError> made = _pd.Client.CreateGate(_number, label);
            if (!made.TryGet(out Capability<IObject>? gate, out AllocationError error))
                throw new RefusedException($"serving a {typeof(T).Name}", error);
            Capability<T> capability = gate.As<T>();
            _pool.Put(label, new(label, dispatcher, (SelectorOwner)gate.Owner), _domain.Map);
            return capability;
        }
        catch
        {
            _pool.GiveBackLabel(label);
            throw;
        }
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

    internal object? Dissolve(CapabilityOwner capability)
    {
        if (capability is not SelectorOwner { } owner || _pool.Remove(owner.Selector) is not { } removed)
            return null;
        using Capability<IObject> gate = new(removed.Owner);
        Attempt<Unit, AllocationError> dissolved = _pd.Client.DissolveGate(gate);
        if (dissolved.Succeeded)
            _pool.GiveBackLabel(removed.Label);
        return removed.Dispatcher.Target;
    }

    private void Serve()
    {
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
}
