using Drover.Monitor.Snapshots;
using Drover.Node.Operations;

namespace Drover.Node;

/// <summary>The snapshots that a node keeps, by name; it owns them. Bounded, for each takes memory and a process. Thread-safe.</summary>
internal sealed class SnapshotBook(int mostSnapshots, string node) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, ComponentSnapshot?> _snapshots = new(StringComparer.Ordinal); // guarded by _lock; null while being taken
    private readonly Dictionary<string, int> _lastNumbers = new(StringComparer.Ordinal); // guarded by _lock
    private bool _disposed; // guarded by _lock

    /// <summary>By component, then in the order in which they were taken.</summary>
    public IReadOnlyList<ComponentSnapshot> All
    {
        get
        {
            lock (_lock)
            {
                return
                [
                    .. _snapshots.Values.OfType<ComponentSnapshot>()
                        .OrderBy(snapshot => snapshot.ComponentName, StringComparer.Ordinal).ThenBy(snapshot => snapshot.Manifest.Created),
                ];
            }
        }
    }

    /// <summary>Takes a snapshot under a name that is reserved meanwhile.</summary>
    /// <param name="component">Of which it is.</param>
    /// <param name="wanted">Its name; null for the next number.</param>
    /// <param name="take">Takes it, under the name.</param>
    public async Task<ComponentSnapshot> AddAsync(string component, string? wanted, Func<string, Task<ComponentSnapshot>> take)
    {
        string name = Reserve(component, wanted);
        ComponentSnapshot? taken = null;
        try
        {
            return taken = await take(name).ConfigureAwait(false);
        }
        finally
        {
            bool isLate;
            lock (_lock)
            {
                isLate = _disposed;
                if (taken is null || isLate)
                    _snapshots.Remove(name);
                else
                    _snapshots[name] = taken;
            }

            if (isLate)
                taken?.Dispose();
        }
    }

    /// <summary>Null if there is none.</summary>
    public ComponentSnapshot? Find(string name)
    {
        lock (_lock)
            return _snapshots.GetValueOrDefault(name);
    }

    /// <summary>The one of that name, or the latest of the component.</summary>
    public ComponentSnapshot FindFor(string component, string? name)
    {
        if (name is not null)
            return Find(name) ?? throw Unknown(name);
        return All.LastOrDefault(snapshot => snapshot.ComponentName == component)
            ?? throw new NodeOperationException(
                NodeErrorCode.NoSuchSnapshot, $"The node {node} keeps no snapshot of '{component}'.", $"Take one with 'drover snapshot {component}'.");
    }

    public void Drop(string name)
    {
        ComponentSnapshot? dropped;
        lock (_lock)
        {
            if (!_snapshots.TryGetValue(name, out dropped) || dropped is null)
                throw Unknown(name);
            _snapshots.Remove(name);
        }

        dropped.Dispose();
    }

    public NodeOperationException Unknown(string name) =>
        new(NodeErrorCode.NoSuchSnapshot, $"The node {node} keeps no snapshot '{name}'.", "'drover snapshots' lists them.");

    public void Dispose()
    {
        ComponentSnapshot[] left;
        lock (_lock)
        {
            _disposed = true;
            left = [.. _snapshots.Values.OfType<ComponentSnapshot>()];
            _snapshots.Clear();
        }

        foreach (ComponentSnapshot snapshot in left)
            snapshot.Dispose();
    }

    private string Reserve(string component, string? wanted)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_snapshots.Count >= mostSnapshots)
            {
                throw new NodeOperationException(
                    NodeErrorCode.TooManySnapshots,
                    $"The node {node} keeps {_snapshots.Count} snapshots already, and no more than {mostSnapshots}.",
                    "Drop one with 'drover snapshot SNAPSHOT --drop', or write the component into an image.");
            }

            string name = wanted ?? NextName(component);
            return _snapshots.TryAdd(name, null)
                ? name
                : throw new NodeOperationException(NodeErrorCode.NameTaken, $"The node {node} keeps a snapshot '{name}' already.", "Drop it, or name the new one otherwise with --as.");
        }
    }

    /// <summary>Under the lock. A number is not given again, so that a name never comes to mean another moment.</summary>
    private string NextName(string component)
    {
        string name;
        do
        {
            int number = _lastNumbers.GetValueOrDefault(component) + 1;
            _lastNumbers[component] = number;
            name = $"{component}@{number}";
        }
        while (_snapshots.ContainsKey(name));
        return name;
    }
}
