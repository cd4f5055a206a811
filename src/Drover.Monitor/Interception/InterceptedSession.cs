using Drover.Contracts.Sessions;

namespace Drover.Monitor.Interception;

/// <summary>
/// One session of a component as its monitor saw it come about. Wrappers of core's sessions derive from it; what a
/// restore needs to open the session again is in it.
/// </summary>
internal abstract class InterceptedSession
{
    private readonly Lock _lock = new();
    private Donation _donation; // guarded by _lock

    protected InterceptedSession(SessionCreation creation)
    {
        Creation = creation;
        _donation = creation.Donation;
    }

    public SessionCreation Creation { get; }

    /// <summary>The donation at creation and all upgrades, summed.</summary>
    public Donation Donation
    {
        get
        {
            lock (_lock)
                return _donation;
        }
    }

    public void Upgrade(Donation more)
    {
        lock (_lock)
        {
            _donation = new Donation(
                checked(_donation.RamBytes + more.RamBytes), checked(_donation.Capabilities + more.Capabilities));
        }
    }

    /// <summary>The session has been closed.</summary>
    public virtual void Close()
    {
    }
}

/// <summary>With what a session was opened.</summary>
/// <param name="Service">Such as "LOG".</param>
/// <param name="Label">The path of who opened it: the component's name, and its own label if it gave one.</param>
/// <param name="Arguments">As the client passed them.</param>
internal sealed record SessionCreation(string Service, string Label, string Arguments, Donation Donation);
