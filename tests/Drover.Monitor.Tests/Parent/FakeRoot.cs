using Drover.Contracts;
using Drover.Contracts.Rpc;
using Drover.Contracts.Sessions;
using Drover.Core.Capabilities;
using Drover.Core.Ipc;
using Drover.Core.Memory;
using Drover.Core.Tests.Fakes;

namespace Drover.Monitor.Tests.Parent;

/// <summary>Makes sessions of nothing but a gate, and what memory the arguments ask for out of the donation.</summary>
internal sealed class FakeRoot(FakeDomain domain, FakeThread thread) : IRoot
{
    private const ulong PageBytes = 4096;

    private readonly Lock _lock = new();
    private readonly Dictionary<uint, (Gate Gate, Dataspace? Memory)> _sessions = []; // guarded by _lock; by selector
    private ulong _lastLabel; // guarded by _lock

    /// <summary>Keeps the memory of sessions that are closed.</summary>
    public bool IsGreedy { get; set; }

    /// <summary>Runs first in each method that it is given to.</summary>
    public Action<string>? Before { get; set; }

    public List<Donation> Upgrades { get; } = [];

    public int Open
    {
        get
        {
            lock (_lock)
                return _sessions.Count;
        }
    }

    public Attempt<Capability<IObject>, SessionError> Session(string arguments, string label, Donation donation)
    {
        Before?.Invoke(nameof(Session));
        if (arguments == "refuse")
            return SessionError.InvalidArguments;
        lock (_lock)
        {
            Gate gate = domain.Gate(++_lastLabel);
            Dataspace? memory = donation.RamBytes >= PageBytes ? domain.Domain.CreateDataspace(donation.RamBytes).Value : null;
            uint selector = domain.Hold(gate);
            _sessions.Add(selector, (gate, memory));
            return ComponentCapability.Of<IObject>(thread, selector);
        }
    }

    public void Upgrade(Capability<IObject> session, Donation donation)
    {
        Before?.Invoke(nameof(Upgrade));
        lock (_lock)
            Upgrades.Add(donation);
    }

    public void Close(Capability<IObject> session)
    {
        Before?.Invoke(nameof(Close));
        uint selector = ((ComponentCapability)session.Owner).Selector;
        lock (_lock)
        {
            if (!_sessions.Remove(selector, out (Gate Gate, Dataspace? Memory) closed))
                return;
            domain.Domain.DestroyObject(closed.Gate);
            if (closed.Memory is { } memory && !IsGreedy)
                domain.Domain.DestroyObject(memory);
        }
    }

    /// <summary>Gives up all sessions, as a server does that withdraws its service.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            foreach ((Gate gate, Dataspace? memory) in _sessions.Values)
            {
                domain.Domain.DestroyObject(gate);
                if (memory is not null)
                    domain.Domain.DestroyObject(memory);
            }

            _sessions.Clear();
        }
    }

    /// <summary>The server's own capability to a session that a client has.</summary>
    public Capability<IObject> Find(Capability<IObject> clients)
    {
        KernelObject gate = ((KernelCapability)clients.Owner).Object;
        lock (_lock)
            return ComponentCapability.Of<IObject>(thread, _sessions.First(session => ReferenceEquals(session.Value.Gate, gate)).Key);
    }
}
