using Drover.Component;
using Drover.Component.Memory;
using Drover.Component.Sessions;
using Drover.Component.Signals;
using Drover.Contracts.Rpc;
using Drover.Contracts.Sessions;

namespace Rush;

/// <summary>Gives a vault capabilities of every kind, keeps its own owners of them, and takes them back later.</summary>
internal sealed class Lender : ILender
{
    private readonly Env _env;
    private readonly Session<IVault> _vault;
    private readonly Session<ILogSession> _log;
    private readonly Capability<IToken> _token;
    private readonly Dataspace _memory;
    private readonly Attachment _attached;
    private readonly SignalHandler _handler;
    private readonly Capability<IObject>[] _vaults;
    private readonly Attachment? _vaultMemory;
    private readonly object _lock = new(); // waited on
    private ulong _signals; // guarded by _lock

    private Lender(Env env, bool isAlone)
    {
        _env = env;
        _vault = env.OpenSession<IVault>("Vault");
        _log = env.OpenSession<ILogSession>("LOG");
        _token = env.Entrypoint.Manage<IToken>(new Token(new CallName(5, 0, 0)));
        _memory = env.Allocate(8192);
        _attached = _memory.Attach();
        _handler = env.CreateSignalHandler(Notified);
        // What is to move alone can keep no memory of others.
        _vaults = isAlone ? [] : [.. Enumerable.Range(0, 3).Select(kind => _vault.Client.Own((uint)kind))];
        if (isAlone)
            return;
        using Capability<IDataspace> memory = _vaults[1].As<IDataspace>();
        _vaultMemory = env.OpenDataspace(memory).Attach();
    }

    public static void Begin(Env env, bool isAlone)
    {
        Lender lender = new(env, isAlone);
        if (!isAlone)
            lender.DepositAll();
        // A thread of its own for the calls that it makes while it is called.
        env.Announce<ILender>("Lender", _ => lender, entrypoint: env.CreateEntrypoint(new("lender")));
        Console.WriteLine("lent");
    }

    public static int Collect(Env env, bool again)
    {
        using Session<ILender> session = env.OpenSession<ILender>("Lender");
        Console.WriteLine(session.Client.Check(again));
        return 0;
    }

    public string Check(bool again)
    {
        if (again)
            DepositAll();
        List<string> lines = [];
        for (uint place = 0; place < 4; place++)
        {
            long before = _env.CapabilityUse().Selectors;
            using Capability<IObject> back = _vault.Client.Withdraw(place);
            string slot = _env.CapabilityUse().Selectors == before ? "own slot" : "ANOTHER SLOT";
            lines.Add($"{place}: {slot}, {Try(place, back)}");
        }

        for (uint kind = 0; kind < _vaults.Length; kind++)
        {
            string slot = _vault.Client.SelectorsWith(_vaults[kind]) == _vault.Client.Selectors() ? "own slot there" : "ANOTHER SLOT there";
            lines.Add($"vault {kind}: {slot}, {TryVaults(kind)}");
        }

        return string.Join('\n', lines);
    }

    private void DepositAll()
    {
        using Capability<IObject> token = _token.As<IObject>();
        using Capability<IObject> memory = _memory.Capability.As<IObject>();
        using Capability<IObject> context = _handler.Context.As<IObject>();
        using Capability<IObject> log = _log.Capability.As<IObject>();
        Capability<IObject>[] all = [token, memory, context, log];
        for (int i = 0; i < all.Length; i++)
            _vault.Client.Deposit((uint)i, all[i]);
    }

    private string Try(uint place, Capability<IObject> back)
    {
        switch (place)
        {
            case 0:
                using (Capability<IToken> token = back.As<IToken>())
                    return $"token {token.Client.Name().Client}";
            case 1:
                using (Capability<IDataspace> memory = back.As<IDataspace>())
                using (Attachment other = _env.OpenDataspace(memory).Attach())
                {
                    byte next = (byte)(_attached.Span[4096] + 1);
                    other.Span[4096] = next;
                    return _attached.Span[4096] == next ? "same memory" : "OTHER MEMORY";
                }

            case 2:
                using (Capability<ISignalContext> context = back.As<ISignalContext>())
                {
                    ulong before = AwaitSignals(0);
                    context.Client.Submit(2);
                    return $"signals {AwaitSignals(before + 2) - before}";
                }

            default:
                using (Capability<ILogSession> log = back.As<ILogSession>())
                    log.Client.Write("from the vault\n");
                return "logged";
        }
    }

    private string TryVaults(uint kind)
    {
        switch (kind)
        {
            case 0:
                using (Capability<IToken> token = _vaults[0].As<IToken>())
                    return $"token {token.Client.Name().Client}";
            case 1:
                Span<byte> shared = _vaultMemory!.Span;
                byte value = (byte)(shared[9] + 3);
                shared[9] = value;
                return shared[0] == 7 && _vault.Client.Read(9) == value ? "same memory" : "OTHER MEMORY";
            default:
                using (Capability<ISignalContext> context = _vaults[2].As<ISignalContext>())
                {
                    ulong before = _vault.Client.AwaitSignals(0);
                    context.Client.Submit(3);
                    return $"signals {_vault.Client.AwaitSignals(before + 3) - before}";
                }
        }
    }

    private void Notified(ulong count)
    {
        lock (_lock)
        {
            _signals += count;
            Monitor.PulseAll(_lock);
        }
    }

    private ulong AwaitSignals(ulong least)
    {
        lock (_lock)
        {
            while (_signals < least)
                Monitor.Wait(_lock);
            return _signals;
        }
    }
}
