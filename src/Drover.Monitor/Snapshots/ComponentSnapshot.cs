using System.Diagnostics.CodeAnalysis;
using Drover.Images;
using Drover.Images.State;
using Drover.Monitor.Checkpoint;
using Drover.Platform;

namespace Drover.Monitor.Snapshots;

/// <summary>
/// A component at one moment, kept in memory: what an image says of it, a stopped copy of its private memory that shares all
/// pages which were not written since, and copies of its dataspaces. Outlives the component. Never changes. Thread-safe.
/// </summary>
public sealed class ComponentSnapshot : IImageContent, IDisposable
{
    private readonly Lock _lock = new();
    private readonly IMemorySnapshot _memory;
    private readonly IReadOnlyDictionary<ObjectId, DataspaceCopy> _dataspaces;
    private int _users = 1; // guarded by _lock; the owner is one of them
    private bool _disposed; // guarded by _lock

    /// <summary>Takes over the memory and the copies.</summary>
    internal ComponentSnapshot(string name, ImageManifest manifest, IMemorySnapshot memory, IReadOnlyDictionary<ObjectId, DataspaceCopy> dataspaces)
    {
        Name = name;
        Manifest = manifest;
        _memory = memory;
        _dataspaces = dataspaces;
    }

    public string Name { get; }

    /// <summary>Of the component that it was taken of.</summary>
    public string ComponentName => Manifest.ComponentName;

    public ImageManifest Manifest { get; }

    /// <summary>From the first thread stopped until the component ran again.</summary>
    public TimeSpan Pause { get; internal init; }

    /// <summary>From the request to the kept snapshot.</summary>
    public TimeSpan Total { get; internal init; }

    /// <summary>Of the last line that the component logged before.</summary>
    public long LogSequence { get; internal init; }

    /// <summary>Memory that it takes, in bytes: copies in full, pages that others share in equal parts. Counting takes about 10 ms
    /// for a GiB.</summary>
    public ulong HeldBytes => _memory.HeldBytes + _dataspaces.Values.Aggregate(0UL, (sum, content) => sum + content.LengthBytes);

    /// <summary>Whether a roll back to it finds its memory copied already.</summary>
    public bool IsReady => _memory.IsReady;

    string IImageContent.Place => $"the snapshot {Name}";

    IPageSource IImageContent.Memory => _memory;

    IPageSource IImageContent.Dataspace(ObjectId dataspace) => _dataspaces[dataspace];

    /// <summary>Keeps it from being given back while something is built of it; false if it was dropped.</summary>
    /// <param name="use">To be disposed of after use.</param>
    public bool TryUse([NotNullWhen(true)] out IDisposable? use)
    {
        use = null;
        lock (_lock)
        {
            if (_disposed)
                return false;
            _users++;
        }

        use = new Use(this);
        return true;
    }

    /// <summary>Has its memory copied in the background, so that the next roll back to it need not do that. Of each component that goes for the
    /// one snapshot for which it was asked last.</summary>
    public void KeepReady() => _memory.KeepReady();

    /// <summary>Gives it back, once nobody uses it any more.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_disposed)
                return;
            _disposed = true;
        }

        Leave();
    }

    private void Leave()
    {
        lock (_lock)
        {
            if (--_users > 0)
                return;
        }

        _memory.Dispose();
        foreach (DataspaceCopy content in _dataspaces.Values)
            content.Dispose();
    }

    private sealed class Use(ComponentSnapshot snapshot) : IDisposable
    {
        private int _over;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _over, 1) == 0)
                snapshot.Leave();
        }
    }
}
