using Drover.Component;
using Drover.Component.Rpc;
using Drover.Contracts.Rpc;
using Drover.Contracts.Sessions;

namespace Rush;

internal sealed class Server : IRush
{
    private readonly Entrypoint _entrypoint;
    private readonly Lock _lock = new();
    private readonly Dictionary<(ulong Client, ulong Thread), LedgerRow> _rows = []; // guarded by _lock
    private readonly Dictionary<(ulong Client, ulong Thread), Capability<IToken>> _made = []; // guarded by _lock
    private ulong _calls; // guarded by _lock
    private ulong _enough = ulong.MaxValue; // guarded by _lock

    private Server(Entrypoint entrypoint)
    {
        _entrypoint = entrypoint;
    }

    public static void Begin(Env env)
    {
        Entrypoint entrypoint = env.CreateEntrypoint(new("rush", Threads: 4));
        Server server = new(entrypoint);
        env.Announce<IRush>("Rush", _ => server, entrypoint: entrypoint);
        Console.WriteLine("serving");
    }

    public Receipt Call(CallName name) => new(name, Enter(name) ? 1ul : 0);

    public Capability<IToken> Pass(CallName name, Capability<IToken> token, Capability<ISignalContext> notified)
    {
        Enter(name);
        notified.Client.Submit(1);
        return token.Duplicate();
    }

    public Capability<IToken> Make(CallName name)
    {
        Enter(name);
        Capability<IToken> made = _entrypoint.Manage<IToken>(new Token(name));
        Capability<IToken>? before;
        lock (_lock)
        {
            _made.Remove((name.Client, name.Thread), out before);
            _made[(name.Client, name.Thread)] = made;
        }

        if (before is not null)
        {
            _entrypoint.Dissolve(before);
            before.Dispose();
        }

        return made.Duplicate();
    }

    public LedgerRow Row(ulong client, uint thread)
    {
        lock (_lock)
            return _rows.GetValueOrDefault((client, thread));
    }

    public void Finish(ulong calls)
    {
        lock (_lock)
            _enough = calls;
    }

    private bool Enter(CallName name)
    {
        lock (_lock)
        {
            _calls++;
            _rows.TryGetValue((name.Client, name.Thread), out LedgerRow row);
            _rows[(name.Client, name.Thread)] = row switch
            {
                { Executed: 0 } => new LedgerRow(1, name.Number, name.Number, 0, 0),
                _ when name.Number <= row.Last => row with { Executed = row.Executed + 1, Doubled = row.Doubled + 1 },
                _ => row with { Executed = row.Executed + 1, Last = name.Number, Lost = row.Lost + name.Number - row.Last - 1 },
            };
            return _calls >= _enough;
        }
    }
}
