using Drover.Core.Capabilities;

namespace Drover.Monitor.Parent;

/// <summary>The open sessions of one component, or of one service. Bounded, for each costs the node memory. Thread-safe.</summary>
internal sealed class SessionBook
{
    public const int MaxSessions = 1024;

    private readonly Lock _lock = new();
    private readonly Dictionary<KernelObject, OpenSession> _sessions = new(ReferenceEqualityComparer.Instance); // guarded by _lock

    private bool _closed; // guarded by _lock

    public IReadOnlyList<OpenSession> All
    {
        get
        {
            lock (_lock)
                return [.. _sessions.Values];
        }
    }

    public bool HasRoom
    {
        get
        {
            lock (_lock)
                return _sessions.Count < MaxSessions;
        }
    }

    /// <summary>False if the book is full or closed, or the object is a session of the component already, which a service
    /// must not give twice.</summary>
    public bool TryAdd(OpenSession session)
    {
        lock (_lock)
            return !_closed && _sessions.Count < MaxSessions && _sessions.TryAdd(session.Gate, session);
    }

    /// <summary>Takes all out and lets none in any more: one that is being opened meanwhile is not lost track of.</summary>
    public IReadOnlyList<OpenSession> Close()
    {
        lock (_lock)
        {
            _closed = true;
            OpenSession[] all = [.. _sessions.Values];
            _sessions.Clear();
            return all;
        }
    }

    public OpenSession? Find(KernelObject gate)
    {
        lock (_lock)
            return _sessions.GetValueOrDefault(gate);
    }

    public OpenSession? Remove(KernelObject gate)
    {
        lock (_lock)
            return _sessions.Remove(gate, out OpenSession? session) ? session : null;
    }
}
