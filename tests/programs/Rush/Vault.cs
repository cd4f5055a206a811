using Drover.Component;
using Drover.Component.Memory;
using Drover.Component.Rpc;
using Drover.Component.Signals;
using Drover.Contracts.Rpc;
using Drover.Contracts.Sessions;

namespace Rush;

internal sealed class Vault : IVault
{
    private readonly Env _env;
    private readonly Dictionary<uint, Capability<IObject>> _kept = [];
    private readonly Capability<IToken> _token;
    private readonly Dataspace _memory;
    private readonly Attachment _attached;
    private readonly SignalHandler _handler;
    private readonly object _lock = new(); // waited on
    private ulong _signals; // guarded by _lock

    private Vault(Env env, Entrypoint entrypoint)
    {
        _env = env;
        _token = entrypoint.Manage<IToken>(new Token(new CallName(77, 0, 0)));
        _memory = env.Allocate(4096);
        _attached = _memory.Attach();
        _attached.Span[0] = 7;
        _handler = env.CreateSignalHandler(Notified);
    }

    public static void Begin(Env env)
    {
        // One thread: what its selectors are does not change while it looks.
        Vault vault = new(env, env.Entrypoint);
        env.Announce<IVault>("Vault", _ => vault);
        Console.WriteLine("open");
    }

    public void Deposit(uint place, Capability<IObject> kept)
    {
        if (_kept.Remove(place, out Capability<IObject>? before))
            before.Dispose();
        _kept[place] = kept.Duplicate();
    }

    public Capability<IObject> Withdraw(uint place) => _kept[place].Duplicate();

    public Capability<IObject> Own(uint kind) => kind switch
    {
        0 => _token.As<IObject>(),
        1 => _memory.Capability.As<IObject>(),
        _ => _handler.Context.As<IObject>(),
    };

    public ulong Selectors() => (ulong)_env.CapabilityUse().Selectors;

    public ulong SelectorsWith(Capability<IObject> delivered) => Selectors();

    public ulong AwaitSignals(ulong least)
    {
        lock (_lock)
        {
            while (_signals < least)
                Monitor.Wait(_lock);
            return _signals;
        }
    }

    public ulong Read(uint offset) => _attached.Span[(int)offset];

    private void Notified(ulong count)
    {
        lock (_lock)
        {
            _signals += count;
            Monitor.PulseAll(_lock);
        }
    }
}
