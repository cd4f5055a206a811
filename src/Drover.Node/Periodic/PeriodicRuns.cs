namespace Drover.Node.Periodic;

/// <summary>The periodic checkpoints of a node's components, by their names. Thread-safe.</summary>
internal sealed class PeriodicRuns : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, PeriodicCheckpoints> _runs = new(StringComparer.Ordinal); // guarded by _lock

    /// <summary>Those of a component that runs or ran under this name; null if there are none.</summary>
    public PeriodicCheckpoints? Find(string name)
    {
        lock (_lock)
            return _runs.GetValueOrDefault(name);
    }

    public void Add(string name, PeriodicCheckpoints run)
    {
        lock (_lock)
            _runs.Add(name, run);
    }

    /// <summary>Ends those of the name's former component, if it had any; returns when nothing of them is written any more.</summary>
    public void Remove(string name)
    {
        PeriodicCheckpoints? former;
        lock (_lock)
            _runs.Remove(name, out former);
        former?.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    public async ValueTask DisposeAsync()
    {
        PeriodicCheckpoints[] all;
        lock (_lock)
        {
            all = [.. _runs.Values];
            _runs.Clear();
        }

        foreach (PeriodicCheckpoints run in all)
            await run.DisposeAsync().ConfigureAwait(false);
    }
}
