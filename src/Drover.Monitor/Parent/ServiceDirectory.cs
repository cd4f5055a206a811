using Drover.Contracts.Rpc;
using Drover.Contracts.Sessions;

namespace Drover.Monitor.Parent;

/// <summary>A service that a component announced.</summary>
/// <param name="Root">The component's own gate, which is asked for sessions.</param>
internal sealed record Announcement(string Service, MonitoredComponent Server, Capability<IRoot> Root)
{
    /// <summary>The sessions that clients have.</summary>
    public SessionBook Sessions { get; } = new();
}

/// <summary>The services that the components of one node announced. Thread-safe.</summary>
internal sealed class ServiceDirectory
{
    /// <summary>Services that one component may offer: each costs the node memory.</summary>
    public const int MostOfOneComponent = 64;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Announcement> _announcements = new(StringComparer.Ordinal); // guarded by _lock

    public bool TryAdd(Announcement announcement)
    {
        lock (_lock)
            return _announcements.TryAdd(announcement.Service, announcement);
    }

    public Announcement? Find(string service)
    {
        lock (_lock)
            return _announcements.GetValueOrDefault(service);
    }

    /// <summary>What one component announced.</summary>
    public IReadOnlyList<Announcement> Of(MonitoredComponent server)
    {
        lock (_lock)
            return [.. _announcements.Values.Where(announcement => ReferenceEquals(announcement.Server, server))];
    }

    /// <summary>Takes out what the component announced under that name, if it did.</summary>
    public Announcement? Remove(string service, MonitoredComponent server)
    {
        lock (_lock)
        {
            Announcement? announcement = Find(service);
            if (announcement is null || !ReferenceEquals(announcement.Server, server))
                return null;
            _announcements.Remove(service);
            return announcement;
        }
    }

    /// <summary>Takes out, and gives, all that the component announced.</summary>
    public IReadOnlyList<Announcement> RemoveAll(MonitoredComponent server)
    {
        lock (_lock)
        {
            IReadOnlyList<Announcement> announced = Of(server);
            foreach (Announcement announcement in announced)
                _announcements.Remove(announcement.Service);
            return announced;
        }
    }
}
