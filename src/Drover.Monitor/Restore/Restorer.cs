using Drover.Contracts.Abi;
using Drover.Contracts.Rpc;
using Drover.Contracts.Sessions;
using Drover.Core;
using Drover.Core.Capabilities;
using Drover.Core.Memory;
using Drover.Core.State;
using Drover.Images;
using Drover.Images.State;
using Drover.Monitor.Interception;
using Drover.Monitor.Parent;
using Drover.Monitor.Tables;
using Drover.Platform;
using Drover.Platform.State;
using DomainState = Drover.Images.State.DomainState;

namespace Drover.Monitor.Restore;

/// <summary>
/// Builds a component from an image: new kernel objects, new badges, old selectors, old memory. All checks come first;
/// what fails later is undone. The image is only read.
/// </summary>
internal sealed class Restorer(Kernel kernel, IComponentMachine machine, CoreServices services, ServiceDirectory directory, ComponentFactory factory)
{
    public MonitoredComponent Run(ImageReader image, string name, Action<ComponentPicture> beforeStart)
    {
        ImageManifest manifest = image.Manifest;
        CheckMachine(manifest);
        using CheckedFiles files = new(machine, manifest);
        using DomainRestoration restoration = kernel.BeginRestore(CoreRecords.Of(manifest.Domain), OptionsFor(manifest, name));
        MonitoredComponent component = factory.Create(manifest.Launch, restoration.Domain, isRestored: true);
        try
        {
            ProvideWellKnown(component, manifest, restoration);
            new SessionRebuild(component, manifest, restoration, services, directory).Run();
            FillMemory(image, restoration);
            restoration.Complete();
            RelocateTables(image, restoration);
            IComponentProcess process = Rebuild(image, component, restoration, files);
            restoration.Commit();
            beforeStart(ComponentPicture.Of(component));
            LetGo(component, process);
            CloseSessionsOfAbsentClients(manifest, component, restoration);
            return component;
        }
        catch
        {
            component.Abandon();
            throw;
        }
    }

    private void CheckMachine(ImageManifest manifest)
    {
        IReadOnlyList<string> missing = manifest.Cpu.MissingOn(machine.Cpu);
        if (missing.Count > 0)
            throw new RestoreRefusedException($"the CPUs of this node lack what the component may use: {string.Join(", ", missing)}");
    }

    private DomainOptions OptionsFor(ImageManifest manifest, string name)
    {
        // What was donated to services of other components is donated again when their sessions are opened.
        ulong ramBytes = manifest.Domain.RamQuotaBytes;
        ulong capabilities = manifest.Domain.CapabilityQuota;
        Dictionary<ObjectId, ObjectState> objects = manifest.Domain.Objects.ToDictionary(entry => entry.Id);
        foreach (SessionState session in manifest.Sessions.Where(session => objects[session.Capability].Kind == ObjectKind.ForeignSession))
        {
            ramBytes = checked(ramBytes + session.RamUpgradeBytes);
            capabilities = checked(capabilities + session.CapabilityUpgrade);
        }

        return new DomainOptions { Name = name, RamQuotaBytes = ramBytes, CapabilityQuota = capabilities, Platform = machine.Platform };
    }

    private void ProvideWellKnown(MonitoredComponent component, ImageManifest manifest, DomainRestoration restoration)
    {
        WellKnownServices made = factory.CreateWellKnown(component);
        foreach (ObjectState target in manifest.Domain.Objects)
        {
            KernelObject? now = target.Kind switch
            {
                ObjectKind.Parent => made.Parent,
                ObjectKind.PdSession => made.Pd,
                ObjectKind.CpuSession => made.Cpu,
                ObjectKind.RmSession => made.Rm,
                _ => null,
            };
            if (now is not null)
                restoration.Provide(target.Badge, now);
        }
    }

    private static void FillMemory(ImageReader image, DomainRestoration restoration)
    {
        DomainState domain = image.Manifest.Domain;
        image.CopyDataspace(domain.UtcbDataspace, restoration.Domain.UtcbMemory);
        foreach (ObjectState entry in CoreRecords.OwnDataspaces(domain))
        {
            if (restoration.Objects[entry.Badge] is not Dataspace dataspace || !dataspace.TryLease(out DataspaceLease? lease))
                continue;
            using (lease)
                image.CopyDataspace(entry.Id, lease.Memory);
        }
    }

    private static void RelocateTables(ImageReader image, DomainRestoration restoration)
    {
        DomainState domain = image.Manifest.Domain;
        TableCopy tables = TableView.CopyFrom(image.Dataspace(domain.TableDataspace!.Value));
        TableTruth truth = TableTruth.Of(domain, old => restoration.Objects[old].Badge.Value);
        TableRelocation.Relocate(tables, truth.Held, truth.Gates);
        if (!restoration.Domain.Table.TryLease(out DataspaceLease? lease))
            throw new InvalidOperationException("the table dataspace of a domain that is being built is gone");
        using (lease)
            tables.WriteTo(lease.Memory);
    }

    private IComponentProcess Rebuild(
        ImageReader image, MonitoredComponent component, DomainRestoration restoration, CheckedFiles files)
    {
        using ImageBacking backing = new(files, image, restoration);
        RebuildRequest request = new()
        {
            State = image.Manifest.Process,
            Pages = image,
            Backing = backing,
            PrivateCalls = ComponentMonitor.PrivateCalls,
            Limits = component.Launch.Limits,
        };
        return machine.Platform.Rebuild(request, component.CreateTraps(machine));
    }

    private static void LetGo(MonitoredComponent component, IComponentProcess process)
    {
        component.Domain.GoOn();
        component.Begin(process);
        foreach (OpenSession open in component.Sessions.All)
            (open.Session as InterceptedTimerSession)?.Resume();
    }

    /// <summary>Clients stayed behind: their sessions are closed through the root, as when a client ends.</summary>
    private static void CloseSessionsOfAbsentClients(ImageManifest manifest, MonitoredComponent component, DomainRestoration restoration)
    {
        Dictionary<ObjectId, ObjectState> objects = manifest.Domain.Objects.ToDictionary(entry => entry.Id);
        List<(KernelObject Root, KernelObject Session)> toClose = [];
        foreach (AnnouncementState announced in manifest.Announcements)
        {
            foreach (ObjectId session in announced.Sessions)
                toClose.Add((restoration.Objects[objects[announced.Root].Badge], restoration.Objects[objects[session].Badge]));
        }

        _ = Task.Run(() =>
        {
            foreach ((KernelObject root, KernelObject session) in toClose)
                Close(root, session, component);
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
