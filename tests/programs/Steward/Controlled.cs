using Drover.Component;
using Drover.Component.Rpc;
using Drover.Component.Sessions;
using Drover.Component.Signals;
using Drover.Contracts.Rpc;
using Drover.Contracts.Sessions;

namespace Steward;

[RpcInterface]
internal interface IThing
{
    /// <summary>Gives the number of touches.</summary>
    uint Touch();
}

[RpcInterface]
internal interface IControl
{
    /// <summary>A context whose handler runs on the entrypoint that serves the thing.</summary>
    Capability<ISignalContext> OnEntrypoint();

    /// <summary>A context whose handler runs on the component's signal thread.</summary>
    Capability<ISignalContext> OnSignalThread();

    Facts Facts();

    /// <summary>Ends the entrypoint that serves the thing.</summary>
    void EndEntrypoint();

    /// <summary>Makes it anew, with the thing.</summary>
    void Renew();
}

/// <param name="OnEntrypoint">Signals handled there.</param>
/// <param name="OnSignalThread">Signals handled there.</param>
/// <param name="Ticks">Expiries of a timer that were handled on the entrypoint.</param>
/// <param name="Collisions">How often a handler ran beside a method or another handler of the entrypoint.</param>
internal readonly record struct Facts(ulong OnEntrypoint, ulong OnSignalThread, ulong Ticks, ulong Collisions);

/// <summary>Has an entrypoint of its own with an object, a signal handler and a timer, and does with it what it is told.</summary>
internal sealed class Controlled : IControl
{
    private readonly Env _env;
    private readonly SignalHandler _plain;
    private Entrypoint? _entrypoint;
    private Service<IThing>? _service;
    private SignalHandler? _proxied;
    private SessionTimer? _timer;
    private ulong _onEntrypoint;
    private ulong _onSignalThread;
    private ulong _ticks;
    private ulong _collisions;
    private int _inside;

    private Controlled(Env env)
    {
        _env = env;
        _plain = env.CreateSignalHandler(count => _onSignalThread += count);
        Renew();
    }

    public static void Serve(Env env)
    {
        Controlled controlled = new(env);
        env.Announce<IControl>("Control", _ => controlled);
        Console.WriteLine("serving");
    }

    public Capability<ISignalContext> OnEntrypoint() => _proxied!.Context.Duplicate();

    public Capability<ISignalContext> OnSignalThread() => _plain.Context.Duplicate();

    public Facts Facts() => new(
        Volatile.Read(ref _onEntrypoint), Volatile.Read(ref _onSignalThread), Volatile.Read(ref _ticks), Volatile.Read(ref _collisions));

    public void EndEntrypoint()
    {
        _timer!.Dispose();
        _service!.Dispose();
        _entrypoint!.Dispose();
    }

    public void Renew()
    {
        _entrypoint = _env.CreateEntrypoint(new("own"));
        Thing thing = new(this);
        _service = _env.Announce<IThing>("Thing", _ => thing, entrypoint: _entrypoint);
        _proxied = _env.CreateSignalHandler(count => Alone(() => _onEntrypoint += count), _entrypoint);
        _timer = _env.CreateTimer(() => Alone(() => _ticks++), _entrypoint);
        _timer.TriggerPeriodic(TimeSpan.FromMilliseconds(10));
    }

    private void Alone(Action work)
    {
        if (Interlocked.Increment(ref _inside) != 1)
            _collisions++;
        work();
        Thread.Yield();
        Interlocked.Decrement(ref _inside);
    }

    private sealed class Thing(Controlled controlled) : IThing
    {
        private uint _touches;

        public uint Touch()
        {
            controlled.Alone(() => _touches++);
            return _touches;
        }
    }
}
