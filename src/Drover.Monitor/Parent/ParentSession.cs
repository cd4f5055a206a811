using System.Text;
using Drover.Contracts;
using Drover.Contracts.Rpc;
using Drover.Contracts.Sessions;
using Drover.Core.Capabilities;
using Drover.Monitor.Interception;

namespace Drover.Monitor.Parent;

/// <summary>
/// What one component can ask of its parent, the monitor. Served on the thread pool, for it may call other components.
/// </summary>
internal sealed class ParentSession(MonitoredComponent component, CoreServices services, ServiceDirectory directory) : IParent
{
    private const int MaxNameBytes = 64;
    private const int MaxArgumentsBytes = 1024;

    public Attempt<Capability<IObject>, SessionError> Session(string service, string arguments, Donation donation)
    {
        if (!IsName(service) || Encoding.UTF8.GetByteCount(arguments) > MaxArgumentsBytes)
            return SessionError.InvalidArguments;
        if (!component.Sessions.HasRoom)
            return SessionError.OutOfQuota;
        SessionCreation creation = new(service, component.Name, arguments, donation);
        Attempt<OpenSession, SessionError> opened = CoreServices.Offers(service)
            ? services.Open(component, creation)
            : OpenAnnounced(creation);
        if (!opened.TryGet(out OpenSession? session, out SessionError error))
            return error;
        if (!component.Sessions.TryAdd(session))
        {
            End(component, session);
            return SessionError.OutOfQuota;
        }

        session.Server?.Sessions.TryAdd(session);
        return session.Gate.ToCapability<IObject>();
    }

    public Attempt<Unit, SessionError> Upgrade(Capability<IObject> session, Donation donation)
    {
        if (Find(session) is not { } open)
            return SessionError.NoSuchService;
        if (open.Server is { } announcement)
        {
            if (!Donate(component, announcement.Server, donation))
                return SessionError.OutOfQuota;
            if (!Ask(announcement, root => root.Upgrade(session, donation)))
            {
                Donate(announcement.Server, component, donation);
                return SessionError.ServiceGone;
            }
        }

        open.Session.Upgrade(donation);
        return Unit.Value;
    }

    public Attempt<Unit, SessionError> Close(Capability<IObject> session)
    {
        if (Find(session) is not { } open || component.Sessions.Remove(open.Gate) is null)
            return SessionError.NoSuchService;
        End(component, open);
        return Unit.Value;
    }

    public Attempt<Unit, SessionError> Announce(string service, Capability<IRoot> root)
    {
        if (!IsName(service) || CoreServices.Offers(service))
            return SessionError.InvalidArguments;
        // Only a gate of the component's own can be called back for sessions without trusting a third party.
        if (root.Owner is not KernelCapability { Object: { } gate } || !ReferenceEquals(gate.Owner, component.Domain))
            return SessionError.InvalidArguments;
        return directory.TryAdd(new Announcement(service, component, root.Duplicate())) ? Unit.Value : SessionError.NameTaken;
    }

    public void Exit(int status) => component.AnnouncedExit(status);

    /// <summary>Ends a session that is in no book any more: its server is told, donated quota comes back.</summary>
    internal static void End(MonitoredComponent client, OpenSession open)
    {
        open.Session.Close();
        if (open.Server is { } announcement)
        {
            announcement.Sessions.Remove(open.Gate);
            Ask(announcement, root =>
            {
                using Capability<IObject> session = open.Gate.ToCapability<IObject>();
                root.Close(session);
            });
            if (!Donate(announcement.Server, client, open.Session.Donation) && !client.Domain.IsAlive)
                announcement.Server.Domain.TryWithdraw(open.Session.Donation);
        }
        else if (open.Gate is Drover.Core.Ipc.ServiceGate gate)
        {
            gate.Dissolve();
        }
    }

    private Attempt<OpenSession, SessionError> OpenAnnounced(SessionCreation creation)
    {
        if (directory.Find(creation.Service) is not { } announcement)
            return SessionError.NoSuchService;
        if (!Donate(component, announcement.Server, creation.Donation))
            return SessionError.OutOfQuota;
        Attempt<OpenSession, SessionError> opened = AskForSession(announcement, creation);
        if (!opened.Succeeded)
            Donate(announcement.Server, component, creation.Donation);
        return opened;
    }

    /// <summary>Asks the service's root for a session. What comes back must be a gate of the server's own.</summary>
    internal static Attempt<OpenSession, SessionError> AskForSession(Announcement announcement, SessionCreation creation)
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
            return new OpenSession(new ForeignSession(creation), gate, announcement);
        }
    }

    private static bool Ask(Announcement announcement, Action<IRoot> question)
    {
        try
        {
            question(announcement.Root.Client);
            return true;
        }
        catch (RpcException)
        {
            // The server is gone, does not answer in time, or answers nonsense: for the client all the same.
            return false;
        }
    }

    private static bool Donate(MonitoredComponent from, MonitoredComponent to, Donation donation) =>
        donation == default || from.Domain.TryDonate(to.Domain, donation);

    private static bool IsName(string service) =>
        service.Length > 0 && Encoding.UTF8.GetByteCount(service) <= MaxNameBytes && !service.Any(char.IsControl);

    private OpenSession? Find(Capability<IObject> session) =>
        session.Owner is KernelCapability { Object: { } gate } ? component.Sessions.Find(gate) : null;
}
