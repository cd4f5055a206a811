using Drover.Contracts.Rpc;
using Drover.Contracts.Sessions;
using Drover.Core;
using Drover.Core.Capabilities;
using Drover.Core.State;
using Drover.Images.State;
using Drover.Monitor.Parent;
using Drover.Platform.Faults;

namespace Drover.Monitor.Restore;

/// <summary>
/// Builds components from images: new kernel objects, new badges, old selectors, old memory. All checks come first;
/// what fails later is undone, for all that are restored together. The images are only read.
/// </summary>
internal sealed class Restorer(Kernel kernel, IComponentMachine machine, CoreServices services, ServiceDirectory directory, ComponentFactory factory)
{
    /// <summary>All or none. Several are members of one group image.</summary>
    /// <param name="orders">What to build.</param>
    /// <param name="allIsChecked">Called when nothing is left to be checked and nothing has been made.</param>
    public IReadOnlyList<MonitoredComponent> Run(IReadOnlyList<RestoreOrder> orders, Action? allIsChecked = null)
    {
        GroupObjects group = new([.. orders.Select(order => order.Image.Manifest)]);
        List<MemberRestore> members = [];
        try
        {
            for (int i = 0; i < orders.Count; i++)
            {
                int place = i;
                members.Add(new MemberRestore(orders[i], badge => group.IsOfAnother(place, badge), machine));
                group.Add(members[i]);
            }

            allIsChecked?.Invoke();
            members.ForEach(member => member.Begin(kernel, factory));
            Build(members, group);
            machine.Faults.Reach(FaultPoint.RestoreReport);
            foreach ((MemberRestore member, RestoreOrder order) in members.Zip(orders))
                order.BeforeStart(ComponentPicture.Of(member.Component));
            foreach (MemberRestore member in members)
                member.Component.Domain.GoOn();
            foreach (MemberRestore member in members)
                member.Start();
            foreach (MemberRestore member in members)
                CloseSessionsOfAbsentClients(member);
            return [.. members.Select(member => member.Component)];
        }
        catch
        {
            Undo([.. members.Where(member => member.HasBegun)]);
            throw;
        }
        finally
        {
            members.ForEach(member => member.Dispose());
        }
    }

    private void Build(List<MemberRestore> members, GroupObjects group)
    {
        foreach (MemberRestore member in members)
            member.ProvideWellKnown(factory);
        RebuildSessions([.. members.Select(member => new SessionRebuild(member, group, services, directory))], group);
        foreach (MemberRestore member in members)
            member.FillMemory();
        machine.Faults.Reach(FaultPoint.RestoreInstall);
        DomainRestoration.Complete([.. members.Select(member => member.Restoration)]);
        foreach (MemberRestore member in members)
            member.RelocateTables();
        foreach (MemberRestore member in members)
            member.RebuildProcess();
        foreach (MemberRestore member in members)
            member.Commit();
    }

    private static void RebuildSessions(List<SessionRebuild> rebuilds, GroupObjects group)
    {
        rebuilds.ForEach(rebuild => rebuild.OpenOfNode());
        rebuilds.ForEach(rebuild => rebuild.Announce());
        group.Link();
        rebuilds.ForEach(rebuild => rebuild.OpenOfComponents());
        // What one member got from outside just now, another may hold as well.
        group.Link();
        rebuilds.ForEach(rebuild => rebuild.GiveUpTheRest());
    }

    private static void Undo(List<MemberRestore> members)
    {
        // All domains first: no member is to be asked, on behalf of another, for what it will not do any more.
        members.ForEach(member => member.Component.Domain.Destroy());
        for (int i = members.Count - 1; i >= 0; i--)
            members[i].Undo();
    }

    /// <summary>Clients stayed behind: their sessions are closed through the root, as when a client ends.</summary>
    private void CloseSessionsOfAbsentClients(MemberRestore member)
    {
        Dictionary<ObjectId, ObjectState> objects = member.Manifest.Domain.Objects.ToDictionary(entry => entry.Id);
        KernelObject Now(ObjectId id) => member.Restoration.Objects[objects[id].Badge];
        Dictionary<string, Announcement> announcements = directory.Of(member.Component).ToDictionary(announced => announced.Service);
        List<(KernelObject Root, KernelObject Session, Donation Donation)> toClose = [];
        foreach (AnnouncementState announced in member.Manifest.Announcements)
        {
            Dictionary<ObjectId, Donation> donations =
                (announced.Donations ?? []).ToDictionary(given => given.Session, given => new Donation(given.RamBytes, given.Capabilities));
            foreach (ObjectId session in announced.Sessions)
            {
                // One whose client came along goes on.
                if (announcements.GetValueOrDefault(announced.Service)?.Sessions.Find(Now(session)) is null)
                    toClose.Add((Now(announced.Root), Now(session), donations.GetValueOrDefault(session)));
            }
        }

        _ = Task.Run(() =>
        {
            foreach ((KernelObject root, KernelObject session, Donation donation) in toClose)
            {
                Close(root, session, member.Component);
                member.Component.Domain.WithdrawUpTo(donation);
            }
        });
    }

    private static void Close(KernelObject root, KernelObject session, MonitoredComponent component)
    {
        try
        {
            using Capability<IRoot> asked = root.ToCapability<IRoot>();
            using Capability<IObject> closed = session.ToCapability<IObject>();
            asked.Client.Close(closed);
        }
        catch (RpcException failure)
        {
            component.Log.Append(Logging.LogOrigin.Node, $"{component.Name} did not close the session of an absent client: {failure.Message}");
        }
    }
}
