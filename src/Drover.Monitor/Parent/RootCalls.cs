using Drover.Contracts;
using Drover.Contracts.Rpc;
using Drover.Contracts.Sessions;
using Drover.Core.Capabilities;
using Drover.Monitor.Interception;

namespace Drover.Monitor.Parent;

/// <summary>What is asked of the root of a service. A server that is gone, answers nonsense, or does not answer in the time
/// that core gives it, is the same to its clients: the service is gone.</summary>
internal static class RootCalls
{
    /// <summary>Asks for a session, and notes it with the service. What comes back must be a gate of the server's own.</summary>
    public static Attempt<OpenSession, SessionError> Open(MonitoredComponent client, Announcement announcement, SessionCreation creation)
    {
        Attempt<Capability<IObject>, SessionError> answer = SessionError.ServiceGone;
        if (!Ask(announcement, root => answer = root.Session(creation.Arguments, creation.Label, creation.Donation)))
            return SessionError.ServiceGone;
        if (!answer.TryGet(out Capability<IObject>? session, out SessionError error))
            return error;
        using (session)
        {
            if (session.Owner is not KernelCapability { Object: { } gate } || !ReferenceEquals(gate.Owner, announcement.Server.Domain))
                return SessionError.ServiceGone;
            OpenSession open = new(client, new ForeignSession(creation), gate, announcement);
            if (announcement.Sessions.TryAdd(open))
                return open;
        }

        // Withdrawn meanwhile, or one object for two sessions, which could not be told apart when one is closed.
        return SessionError.ServiceGone;
    }

    public static bool Upgrade(Announcement announcement, Capability<IObject> session, Donation donation) =>
        Ask(announcement, root => root.Upgrade(session, donation));

    public static bool Close(Announcement announcement, KernelObject gate) => Ask(announcement, root =>
    {
        using Capability<IObject> session = gate.ToCapability<IObject>();
        root.Close(session);
    });

    private static bool Ask(Announcement announcement, Action<IRoot> question)
    {
        try
        {
            question(announcement.Root.Client);
            return true;
        }
        catch (RpcException)
        {
            return false;
        }
    }
}
