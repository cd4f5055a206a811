using Drover.Contracts.Sessions;

namespace Drover.Monitor.Interception;

/// <summary>
/// One session of a component as its monitor saw it come about. Wrappers of core's sessions derive from it; what a
/// restore needs to open the session again is in it. Whoever ends it, be it client, service or the death of either, gets
/// what was donated, once. Thread-safe.
/// </summary>
internal abstract class InterceptedSession
{
    private readonly Lock _lock = new();
    private Donation _donation; // guarded by _lock
    private bool _hasEnded; // guarded by _lock

    protected InterceptedSession(SessionCreation creation)
    {
        Creation = creation;
        _donation = creation.Donation;
    }

    public SessionCreation Creation { get; }

    /// <summary>The donation at creation and all upgrades, summed; nothing once it has ended.</summary>
    public Donation Donation
    {
        get
        {
            lock (_lock)
                return _donation;
        }
    }

    public bool HasEnded
    {
        get
        {
            lock (_lock)
                return _hasEnded;
        }
    }

    /// <summary>Adds to the donation; false if the session has ended, or the sum would be too large.</summary>
    public bool TryUpgrade(Donation more)
    {
        lock (_lock)
        {
            if (_hasEnded || more.RamBytes > ulong.MaxValue - _donation.RamBytes || more.Capabilities > ulong.MaxValue - _donation.Capabilities)
                return false;
            _donation = new Donation(_donation.RamBytes + more.RamBytes, _donation.Capabilities + more.Capabilities);
            return true;
        }
    }

    /// <summary>Ends it; true for the one that did, which has to give the donation back.</summary>
    public bool TryEnd(out Donation donation)
    {
        lock (_lock)
        {
            donation = _donation;
            _donation = default;
            if (_hasEnded)
                return false;
            _hasEnded = true;
        }

        Close();
        return true;
    }

    /// <summary>The session has ended. Called once.</summary>
    protected virtual void Close()
    {
    }
}

/// <summary>With what a session was opened.</summary>
/// <param name="Service">Such as "LOG".</param>
/// <param name="Label">The path of who opened it: the component's name, and its own label if it gave one.</param>
/// <param name="Arguments">As the client passed them.</param>
internal sealed record SessionCreation(string Service, string Label, string Arguments, Donation Donation);
