using Drover.Component;
using Drover.Component.Capabilities;
using Drover.Component.Signals;
using Drover.Contracts.Rpc;
using Sheep.Contracts;

namespace SheepCounter;

/// <summary>Counts sheep, one at each expiry of a timer, and serves those who ask for the count.</summary>
internal sealed class SheepFold : ISheepFold, IDisposable
{
    private const int CorruptPasture = 3;

    private readonly Env _env;
    private readonly Pasture _pasture;
    private readonly Flock _flock;
    private readonly SessionTimer _timer;
    private readonly Lock _lock = new();
    private readonly List<ulong> _history = []; // guarded by _lock
    private ulong _count; // guarded by _lock

    public SheepFold(Env env)
    {
        _env = env;
        _pasture = new(env);
        _flock = new(env);
        _timer = env.CreateTimer(CountOne);
        Console.WriteLine("sheep counter constructed");
    }

    public void CountEvery(TimeSpan interval) => _timer.TriggerPeriodic(interval);

    public ulong Count()
    {
        lock (_lock)
            return _count;
    }

    public string Describe()
    {
        lock (_lock)
            return $"{_count} sheep counted, the last {_history.Count} remembered, {_flock.Brought} brought";
    }

    public uint Bring(Capability<ISheep> sheep) => _flock.Bring(sheep);

    public Capability<ISheep>? Fetch(uint number) => _flock.Fetch(number);

    public FoldInventory Inventory()
    {
        ulong called = _flock.CallAll();
        CapabilityUse use = _env.CapabilityUse();
        return new((ulong)use.Selectors, (ulong)use.RecordedOwners, (ulong)use.OpenOwners, called);
    }

    public void Dispose()
    {
        _timer.Dispose();
        _pasture.Dispose();
    }

    private void CountOne()
    {
        lock (_lock)
        {
            if (_pasture.FindFault(_count) is { } fault)
            {
                Console.Error.WriteLine($"the pasture was trampled after sheep {_count}: {fault}");
                Environment.Exit(CorruptPasture);
            }

            _pasture.Graze(++_count);
            _history.Add(_count);
            if (_history.Count > 100)
                _history.RemoveAt(0);
            Console.WriteLine($"sheep {_count}");
        }
    }
}
