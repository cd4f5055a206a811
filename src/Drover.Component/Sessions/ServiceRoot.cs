using Drover.Component.Rpc;
using Drover.Contracts;
using Drover.Contracts.Rpc;
using Drover.Contracts.Sessions;

namespace Drover.Component.Sessions;

/// <summary>Makes the sessions of an announced service and lets them go.</summary>
internal sealed class ServiceRoot<T>(Entrypoint entrypoint, Func<SessionRequest, T> open, Action<T>? closed) : IRoot
    where T : class
{
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
            return session.As<IObject>();
        }
        catch (RefusedException)
        {
            closed?.Invoke(target);
            return SessionError.OutOfQuota;
        }
    }

    public void Upgrade(Capability<IObject> session, Donation donation)
    {
        // The parent has moved the quota to this component's account; sessions share it.
    }

    public void Close(Capability<IObject> session)
    {
        if (entrypoint.Dissolve(session.Owner) is T target)
            closed?.Invoke(target);
    }
}
