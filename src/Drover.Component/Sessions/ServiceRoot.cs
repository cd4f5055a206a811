using Drover.Component.Capabilities;
using Drover.Component.Rpc;
using Drover.Contracts;
using Drover.Contracts.Rpc;
using Drover.Contracts.Sessions;

namespace Drover.Component.Sessions;

/// <summary>Makes the sessions of an announced service and lets them go.</summary>
internal sealed class ServiceRoot<T>(Entrypoint entrypoint, Func<SessionRequest, T> open, Action<T>? closed, Action<T, Donation>? upgraded) : IRoot
    where T : class
{
    private readonly Lock _lock = new();
    private readonly Dictionary<uint, (T Target, Capability<IObject> Session)> _sessions = []; // guarded by _lock; by selector
    private bool _isWithdrawn; // guarded by _lock

    public int Count
    {
        get
        {
            lock (_lock)
                return _sessions.Count;
        }
    }

    public Attempt<Capability<IObject>, SessionError> Session(string arguments, string label, Donation donation)
    {
        T target;
        try
        {
            target = open(new(arguments, label, donation));
        }
        catch (RefusedException refused) when (refused.Error is SessionError error)
        {
            return error;
        }

        try
        {
            using Capability<T> session = entrypoint.Manage(target);
            return Add(target, session) ? session.As<IObject>() : SessionError.ServiceGone;
        }
        catch (RefusedException)
        {
            closed?.Invoke(target);
            return SessionError.OutOfQuota;
        }
    }

    public void Upgrade(Capability<IObject> session, Donation donation)
    {
        T? target;
        lock (_lock)
            target = _sessions.GetValueOrDefault(SelectorOf(session)).Target;
        if (target is not null)
            upgraded?.Invoke(target, donation);
    }

    public void Close(Capability<IObject> session) => Take(SelectorOf(session))?.Dispose();

    /// <summary>Ends the sessions that the object serves and gives their capabilities, which the caller owns.</summary>
    public IReadOnlyList<Capability<IObject>> TakeServedBy(T target)
    {
        uint[] served;
        lock (_lock)
            served = [.. _sessions.Where(entry => ReferenceEquals(entry.Value.Target, target)).Select(entry => entry.Key)];
        return [.. served.Select(Take).OfType<Capability<IObject>>()];
    }

    /// <summary>Ends all sessions and makes no others.</summary>
    public void Withdraw()
    {
        uint[] all;
        lock (_lock)
        {
            _isWithdrawn = true;
            all = [.. _sessions.Keys];
        }

        foreach (uint selector in all)
            Take(selector)?.Dispose();
    }

    private bool Add(T target, Capability<T> session)
    {
        lock (_lock)
        {
            if (!_isWithdrawn)
            {
                _sessions.Add(SelectorOf(session), (target, session.As<IObject>()));
                return true;
            }
        }

        entrypoint.Dissolve(session);
        closed?.Invoke(target);
        return false;
    }

    /// <summary>The object is dissolved before it is told, so that no call comes after that.</summary>
    private Capability<IObject>? Take(uint selector)
    {
        (T Target, Capability<IObject> Session) taken;
        lock (_lock)
        {
            if (!_sessions.Remove(selector, out taken))
                return null;
        }

        entrypoint.Dissolve(taken.Session);
        closed?.Invoke(taken.Target);
        return taken.Session;
    }

    private static uint SelectorOf<TAny>(Capability<TAny> session)
        where TAny : class => session.Owner is SelectorOwner owner ? owner.Selector : 0;
}
