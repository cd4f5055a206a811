using System.Diagnostics.CodeAnalysis;
using Drover.Component;
using Drover.Component.Capabilities;
using Drover.Component.Rpc;

namespace Churn;

/// <summary>The workers and what each of them has.</summary>
[SuppressMessage("Design", "CA1001", Justification = "lives as long as the process")]
internal sealed class Workshop
{
    private static readonly TimeSpan s_between = TimeSpan.FromMilliseconds(100);

    private readonly Env _env;
    private readonly Entrypoint _served;
    private readonly int _held;
    private readonly ReaderWriterLockSlim _standstill = new();
    private readonly List<Thing>[] _things;
    private long _lastNumber;
    private long _made;

    public Workshop(Env env, int workers, int held)
    {
        _env = env;
        _held = held;
        _served = env.CreateEntrypoint(new("served", Threads: 2));
        _things = [.. Enumerable.Range(0, workers).Select(_ => new List<Thing>())];
    }

    public void Begin()
    {
        for (int i = 0; i < _things.Length; i++)
        {
            int worker = i;
            new Thread(() => Guarded(() => Work(worker))) { Name = $"worker {worker}", IsBackground = true }.Start();
        }

        new Thread(() => Guarded(Inspect)) { Name = "inspector", IsBackground = true }.Start();
    }

    private static void Guarded(Action work)
    {
        try
        {
            work();
        }
        catch (Exception failure)
        {
            Console.WriteLine($"inconsistent: {failure}");
            Environment.Exit(1);
        }
    }

    private void Work(int worker)
    {
        Random random = new(worker);
        List<Thing> things = _things[worker];
        while (true)
        {
            _standstill.EnterReadLock();
            try
            {
                if (things.Count < _held)
                    things.Add(Make(random.Next(24)));
                else
                    End(things, random.Next(things.Count));
                if (things.Count > 0 && random.Next(4) == 0)
                    things[random.Next(things.Count)].Check();
                if (things.Count == _held && random.Next(4) == 0)
                    End(things, random.Next(things.Count));
            }
            finally
            {
                _standstill.ExitReadLock();
            }
        }
    }

    private Thing Make(int kind)
    {
        Interlocked.Increment(ref _made);
        return kind switch
        {
            < 8 => new ServedThing(_served, (ulong)Interlocked.Increment(ref _lastNumber)),
            < 14 => new MemoryThing(_env, (ulong)Interlocked.Increment(ref _lastNumber) << 20),
            < 18 => new SignalThing(_env),
            < 20 => new TimerThing(_env),
            < 22 => new SessionThing(_env),
            _ => new ThreadThing(_env.Pd),
        };
    }

    private static void End(List<Thing> things, int index)
    {
        Thing ended = things[index];
        things[index] = things[^1];
        things.RemoveAt(things.Count - 1);
        ended.Dispose();
    }

    private void Inspect()
    {
        for (long round = 1; ; round++)
        {
            _standstill.EnterWriteLock();
            try
            {
                foreach (Thing thing in _things.SelectMany(things => things))
                    thing.Check();
                Agree();
            }
            finally
            {
                _standstill.ExitWriteLock();
            }

            Console.WriteLine($"consistent {round} after {Interlocked.Read(ref _made)}");
            Thread.Sleep(s_between);
        }
    }

    /// <summary>What the base library counts and what there is.</summary>
    private void Agree()
    {
        int served = _things.Sum(things => things.OfType<ServedThing>().Count());
        if (_env.ManagedObjects != served)
            throw new InvalidOperationException($"{_env.ManagedObjects} objects are served instead of {served}");
        CapabilityUse use = _env.CapabilityUse();
        if (use.OpenOwners != use.RecordedOwners)
            throw new InvalidOperationException($"{use.OpenOwners} owners, but the map knows {use.RecordedOwners}");
    }
}
