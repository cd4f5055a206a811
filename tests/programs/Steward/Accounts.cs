using Drover.Component;
using Drover.Component.Sessions;
using Drover.Component.Signals;
using Drover.Contracts.Rpc;
using Drover.Contracts.Sessions;

namespace Steward;

[RpcInterface]
internal interface IAccounts
{
    /// <summary>Closes all sessions that quota was given to, and says what the limits are.</summary>
    Limits CloseAll();
}

internal readonly record struct Limits(ulong RamBytes, ulong Capabilities);

/// <summary>Has sessions of all services of core, with donations and upgrades, and writes down at each tick what its
/// accounts say.</summary>
internal sealed class Accounts : IAccounts
{
    private readonly Env _env;
    private readonly Session<ILogSession> _log;
    private readonly Session<IRomSession> _rom;
    private readonly Session<ITimerSession> _timer;
    private bool _isClosed; // guarded by _log

    private Accounts(Env env)
    {
        _env = env;
        _log = env.OpenSession<ILogSession>("LOG", "accounts", new Donation(4096, 2));
        _rom = env.OpenSession<IRomSession>("ROM", "greeting", new Donation(12288, 5));
        _timer = env.OpenSession<ITimerSession>("Timer", "", new Donation(1 << 20, 7));
        _log.Upgrade(new Donation(8192, 1));
        _log.Upgrade(new Donation(4096, 0));
        _timer.Upgrade(new Donation(0, 3));
    }

    public static void Serve(Env env)
    {
        QuotaAccount ram = env.Pd.Client.RamQuota();
        QuotaAccount capabilities = env.Pd.Client.CapabilityQuota();
        Console.WriteLine($"at first {ram.Limit} {capabilities.Limit}");
        env.Allocate(100_000).Attach().Span.Fill(1);
        Accounts accounts = new(env);
        env.Announce<IAccounts>("Accounts", _ => accounts);
        SessionTimer tick = env.CreateTimer(accounts.WriteDown);
        tick.TriggerPeriodic(TimeSpan.FromMilliseconds(30));
    }

    private void WriteDown()
    {
        lock (_log)
        {
            if (_isClosed)
                return;
            QuotaAccount ram = _env.Pd.Client.RamQuota();
            QuotaAccount capabilities = _env.Pd.Client.CapabilityQuota();
            _log.Client.Write($"ram {ram.Used} of {ram.Limit}, capabilities {capabilities.Used} of {capabilities.Limit}\n");
        }
    }

    public static int CloseAll(Env env)
    {
        using Session<IAccounts> accounts = env.OpenSession<IAccounts>("Accounts");
        Limits limits = accounts.Client.CloseAll();
        Console.WriteLine($"at last {limits.RamBytes} {limits.Capabilities}");
        return 0;
    }

    public Limits CloseAll()
    {
        lock (_log)
        {
            _isClosed = true;
            _rom.Dispose();
            _timer.Dispose();
            _log.Dispose();
        }

        return new(_env.Pd.Client.RamQuota().Limit, _env.Pd.Client.CapabilityQuota().Limit);
    }
}
