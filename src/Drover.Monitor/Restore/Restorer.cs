using Drover.Contracts.Rpc;
using Drover.Contracts.Sessions;
using Drover.Core;
using Drover.Core.Capabilities;
using Drover.Core.State;
using Drover.Images;
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
    public MonitoredComponent Run(ImageReader image, string name, Action<ComponentPicture> beforeStart)
    {
        using MemberRestore member = new(image, name, kernel, machine, factory);
        try
        {
            member.ProvideWellKnown(factory);
            new SessionRebuild(member, services, directory).Run();
            member.FillMemory();
            machine.Faults.Reach(FaultPoint.RestoreInstall);
            DomainRestoration.Complete([member.Restoration]);
            member.RelocateTables();
            member.RebuildProcess();
            member.Commit();
            machine.Faults.Reach(FaultPoint.RestoreReport);
            beforeStart(ComponentPicture.Of(member.Component));
            member.Component.Domain.GoOn();
            member.Start();
            CloseSessionsOfAbsentClients(member);
            return member.Component;
        }
        catch
        {
            member.Undo();
            throw;
        }
    }

    /// <summary>Clients stayed behind: their sessions are closed through the root, as when a client ends.</summary>
    private static void CloseSessionsOfAbsentClients(MemberRestore member)
    {
        Dictionary<ObjectId, ObjectState> objects = member.Manifest.Domain.Objects.ToDictionary(entry => entry.Id);
        KernelObject Now(ObjectId id) => member.Restoration.Objects[objects[id].Badge];
        List<(KernelObject Root, KernelObject Session, Donation Donation)> toClose = [];
        foreach (AnnouncementState announced in member.Manifest.Announcements)
        {
            Dictionary<ObjectId, Donation> donations =
                (announced.Donations ?? []).ToDictionary(given => given.Session, given => new Donation(given.RamBytes, given.Capabilities));
            foreach (ObjectId session in announced.Sessions)
                toClose.Add((Now(announced.Root), Now(session), donations.GetValueOrDefault(session)));
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
