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
        Attempt<OpenSession, SessionError> opened = CoreServices.Offers(service) ? OpenAtCore(creation) : OpenAnnounced(creation);
        if (!opened.TryGet(out OpenSession? session, out SessionError error))
            return error;
        if (component.Sessions.TryAdd(session))
            return session.Gate.ToCapability<IObject>();
        SessionEnds.OfClient(session);
        return SessionError.OutOfQuota;
    }

    public Attempt<Unit, SessionError> Upgrade(Capability<IObject> session, Donation donation)
    {
        if (Find(session) is not { } open)
            return SessionError.NoSuchService;
        if (open.Session.HasEnded)
            return SessionError.ServiceGone;
        return open.Server is { } announcement
            ? UpgradeAnnounced(open, announcement, session, donation)
            : UpgradeAtCore(open, donation);
    }

    public Attempt<Unit, SessionError> Close(Capability<IObject> session)
    {
        if (Find(session) is not { } open || component.Sessions.Remove(open.Gate) is null)
            return SessionError.NoSuchService;
        SessionEnds.OfClient(open);
        return Unit.Value;
    }

    public Attempt<Unit, SessionError> Announce(string service, Capability<IRoot> root)
    {
        if (!IsName(service) || CoreServices.Offers(service))
            return SessionError.InvalidArguments;
        // Only a gate of the component's own can be called back for sessions without trusting a third party.
        if (root.Owner is not KernelCapability { Object: { } gate } || !ReferenceEquals(gate.Owner, component.Domain))
            return SessionError.InvalidArguments;
        if (directory.Of(component).Count >= ServiceDirectory.MostOfOneComponent)
            return SessionError.OutOfQuota;
        if (!directory.TryAdd(new Announcement(service, component, root.Duplicate())))
            return SessionError.NameTaken;
        if (!component.Domain.IsAlive)
            directory.Remove(service, component);
        return Unit.Value;
    }

    public void Exit(int status) => component.AnnouncedExit(status);

    public Attempt<Unit, SessionError> Withdraw(string service)
    {
        if (directory.Remove(service, component) is not { } announcement)
            return SessionError.NoSuchService;
        SessionEnds.OfService(announcement);
        return Unit.Value;
    }

    public Attempt<Unit, SessionError> Revoke(Capability<IObject> session)
    {
        if (session.Owner is not KernelCapability { Object: { } gate })
            return SessionError.NoSuchService;
        foreach (Announcement announcement in directory.Of(component))
        {
            if (announcement.Sessions.Remove(gate) is not { } open)
                continue;
            SessionEnds.OfService(open);
            return Unit.Value;
        }

        return SessionError.NoSuchService;
    }

    /// <summary>Core keeps what it is given until the session is closed.</summary>
    private Attempt<OpenSession, SessionError> OpenAtCore(SessionCreation creation)
    {
        if (!component.Domain.TryWithdraw(creation.Donation))
            return SessionError.OutOfQuota;
        Attempt<OpenSession, SessionError> opened = services.Open(component, creation);
        if (!opened.Succeeded)
            component.Domain.TryGrant(creation.Donation);
        return opened;
    }

    private Attempt<OpenSession, SessionError> OpenAnnounced(SessionCreation creation)
    {
        if (directory.Find(creation.Service) is not { } announcement)
            return SessionError.NoSuchService;
        if (!component.Domain.TryDonate(announcement.Server.Domain, creation.Donation))
            return announcement.Server.Domain.IsAlive ? SessionError.OutOfQuota : SessionError.ServiceGone;
        Attempt<OpenSession, SessionError> opened = RootCalls.Open(component, announcement, creation);
        if (!opened.Succeeded)
            announcement.Server.Domain.GiveBack(component.Domain, creation.Donation);
        return opened;
    }

    private Attempt<Unit, SessionError> UpgradeAtCore(OpenSession open, Donation donation)
    {
        if (!component.Domain.TryWithdraw(donation))
            return SessionError.OutOfQuota;
        if (open.Session.TryUpgrade(donation))
            return Unit.Value;
        component.Domain.TryGrant(donation);
        return SessionError.ServiceGone;
    }

    private Attempt<Unit, SessionError> UpgradeAnnounced(
        OpenSession open, Announcement announcement, Capability<IObject> session, Donation donation)
    {
        if (!component.Domain.TryDonate(announcement.Server.Domain, donation))
            return announcement.Server.Domain.IsAlive ? SessionError.OutOfQuota : SessionError.ServiceGone;
        // The session may end while its server is asked; then it has not got the upgrade to give back.
        if (RootCalls.Upgrade(announcement, session, donation) && open.Session.TryUpgrade(donation))
            return Unit.Value;
        announcement.Server.Domain.GiveBack(component.Domain, donation);
        return SessionError.ServiceGone;
    }

    private static bool IsName(string service) =>
        service.Length > 0 && Encoding.UTF8.GetByteCount(service) <= MaxNameBytes && !service.Any(char.IsControl);

    private OpenSession? Find(Capability<IObject> session) =>
        session.Owner is KernelCapability { Object: { } gate } ? component.Sessions.Find(gate) : null;
}
