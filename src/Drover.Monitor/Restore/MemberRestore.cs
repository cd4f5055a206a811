using Drover.Core;
using Drover.Core.Capabilities;
using Drover.Core.Memory;
using Drover.Core.State;
using Drover.Images;
using Drover.Images.State;
using Drover.Monitor.Interception;
using Drover.Monitor.Logging;
using Drover.Monitor.Parent;
using Drover.Monitor.Snapshots;
using Drover.Monitor.Tables;
using Drover.Platform;
using Drover.Platform.Faults;
using Drover.Platform.State;
using AttachmentState = Drover.Images.State.AttachmentState;
using DomainState = Drover.Images.State.DomainState;

namespace Drover.Monitor.Restore;

/// <param name="Image">What to restore.</param>
/// <param name="Name">Of the component on this node.</param>
/// <param name="BeforeStart">Gets a picture of the component as it is before its first instruction.</param>
public sealed record RestoreOrder(IImageContent Image, string Name, Action<ComponentPicture> BeforeStart)
{
    /// <summary>That of the component in whose place it comes; null for a new one.</summary>
    internal ComponentLog? Log { get; init; }

    /// <summary>If given, the component runs before its private memory is there. Keeps the image's memory readable until what it gives is
    /// disposed.</summary>
    public Func<IDisposable>? HoldMemory { get; init; }
}

/// <summary>
/// One component that is being built from its image. The restorer takes it through its steps, together with the other
/// members of its group, if it has one. Disposing gives back what the component did not take over; <see cref="Undo"/>
/// comes first if it is not to live.
/// </summary>
internal sealed class MemberRestore : IDisposable
{
    private readonly IComponentMachine _machine;
    private readonly Func<ulong, bool> _isOfAnother;
    private readonly Func<IDisposable>? _holdMemory;
    private readonly CheckedFiles _files;
    private readonly DomainOptions _domainOptions;
    private readonly ComponentLog? _log;
    private DomainRestoration? _restoration;
    private MonitoredComponent? _component;
    private IComponentProcess? _process;
    private bool _isStarted;

    /// <summary>Checks all that can be checked before anything is made.</summary>
    /// <param name="order">The image, and the component's name here.</param>
    /// <param name="isOfAnother">Tells of a badge whether another member of the group has its object.</param>
    public MemberRestore(RestoreOrder order, Func<ulong, bool> isOfAnother, IComponentMachine machine)
    {
        Image = order.Image;
        _log = order.Log;
        _holdMemory = order.HoldMemory;
        _isOfAnother = isOfAnother;
        _machine = machine;
        Faults.Reach(FaultPoint.RestoreCheckMachine);
        CheckMachine();
        Faults.Reach(FaultPoint.RestoreCheckTables);
        // Those of a snapshot were checked when it was kept, and nobody could write to it since.
        if (Image is not ComponentSnapshot)
            CheckTables();
        CheckShared();
        Faults.Reach(FaultPoint.RestoreCheckFiles);
        // What a roll back maps is there: the snapshot has it mapped.
        _files = new CheckedFiles(machine, Manifest, mappedToo: _log is null);
        _domainOptions = OptionsFor(order.Name);
    }

    /// <summary>Makes the domain with its own objects. If this fails nothing is left of them.</summary>
    public void Begin(Kernel kernel, ComponentFactory factory)
    {
        Faults.Reach(FaultPoint.RestoreCreateDomain);
        DomainRestoration restoration = kernel.BeginRestore(CoreRecords.Of(Manifest.Domain, _isOfAnother), _domainOptions);
        try
        {
            Faults.Reach(FaultPoint.RestoreLoadModules);
            _component = factory.Create(Manifest.Launch, restoration.Domain, isRestored: true, _log);
            _restoration = restoration;
        }
        catch
        {
            restoration.Dispose();
            throw;
        }
    }

    public IImageContent Image { get; }

    public ImageManifest Manifest => Image.Manifest;

    public MonitoredComponent Component => _component ?? throw new InvalidOperationException("the component was not begun");

    public DomainRestoration Restoration => _restoration ?? throw new InvalidOperationException("the component was not begun");

    /// <summary>True if there is something to undo.</summary>
    public bool HasBegun => _restoration is not null;

    public FaultPoints Faults => _machine.Faults;

    /// <summary>The sessions that are there before the first instruction.</summary>
    public void ProvideWellKnown(ComponentFactory factory)
    {
        Faults.Reach(FaultPoint.RestoreProvideWellKnown);
        WellKnownServices made = factory.CreateWellKnown(Component);
        foreach (ObjectState target in Manifest.Domain.Objects)
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
                Restoration.Provide(target.Badge, now);
        }
    }

    /// <summary>Fills dataspaces and UTCBs with their recorded content.</summary>
    public void FillMemory()
    {
        Faults.Reach(FaultPoint.RestoreFillMemory);
        DomainState domain = Manifest.Domain;
        Image.CopyDataspace(domain.UtcbDataspace, Restoration.Domain.UtcbMemory);
        foreach (ObjectState entry in CoreRecords.OwnDataspaces(domain))
        {
            if (Restoration.Objects[entry.Badge] is not Dataspace dataspace || !dataspace.TryLease(out DataspaceLease? lease))
                continue;
            using (lease)
                Image.CopyDataspace(entry.Id, lease.Memory);
        }
    }

    /// <summary>Writes new badges into the tables and puts them into the new dataspace.</summary>
    public void RelocateTables()
    {
        Faults.Reach(FaultPoint.RestoreRelocateTables);
        DomainState domain = Manifest.Domain;
        TableCopy tables = TableView.CopyFrom(Image.Dataspace(domain.TableDataspace!.Value));
        TableTruth truth = TableTruth.Of(domain, old => Restoration.Objects[old].Badge.Value);
        TableRelocation.Relocate(tables, truth.Held, truth.Gates);
        if (!Restoration.Domain.Table.TryLease(out DataspaceLease? lease))
            throw new InvalidOperationException("the table dataspace of a domain that is being built is gone");
        using (lease)
            tables.WriteTo(lease.Memory);
    }

    /// <summary>Builds the process around its memory.</summary>
    public void RebuildProcess()
    {
        Faults.Reach(FaultPoint.RestoreBuildProcess);
        using ImageBacking backing = new(_files, Manifest, Restoration);
        RebuildRequest request = new()
        {
            State = Manifest.Process,
            Pages = Image.Memory,
            ReservedRanges = ManagedRanges(),
            HoldPages = _holdMemory,
            Backing = backing,
            PrivateCalls = ComponentMonitor.PrivateCalls,
            Limits = Component.Launch.Limits,
        };
        _process = _machine.Platform.Rebuild(request, Component.CreateTraps(_machine));
    }

    /// <summary>The domain is the component's from here on.</summary>
    public void Commit()
    {
        Faults.Reach(FaultPoint.RestoreCommit);
        Restoration.Commit();
    }

    /// <summary>Lets the process run.</summary>
    public void Start()
    {
        Faults.Reach(FaultPoint.RestoreStart);
        IComponentProcess process = _process!;
        // Begin disposes it if it does not start.
        _process = null;
        Component.Begin(process);
        _isStarted = true;
        foreach (OpenSession open in Component.Sessions.All)
            (open.Session as InterceptedTimerSession)?.Resume(process.RanSinceRecorded);
    }

    /// <summary>Takes back all that was made.</summary>
    public void Undo()
    {
        // The domain first: no service is to be asked on behalf of a component that never was.
        Restoration.Domain.Destroy();
        _process?.Dispose();
        if (_isStarted)
            Component.StopAsync().GetAwaiter().GetResult();
        else
            Component.Abandon();
    }

    public void Dispose()
    {
        _restoration?.Dispose();
        _files.Dispose();
    }

    /// <summary>Where region maps are attached: the node maps what lies there.</summary>
    private IReadOnlyList<(ulong Address, ulong LengthBytes)> ManagedRanges()
    {
        HashSet<ObjectId> maps = [.. Manifest.Domain.Objects.Where(entry => entry.RegionMap is not null).Select(entry => entry.Id)];
        return
        [
            .. Manifest.Domain.Attachments.Where(attachment => attachment.RegionMap is null && maps.Contains(attachment.Dataspace))
                .Select(attachment => (attachment.Address, attachment.LengthBytes)),
        ];
    }

    private void CheckMachine()
    {
        if (_holdMemory is not null && _machine.Platform.WhyNotLazy is { } reason)
            throw new RestoreRefusedException(reason);
        IReadOnlyList<string> missing = Manifest.Cpu.MissingOn(_machine.Cpu);
        if (missing.Count > 0)
            throw new RestoreRefusedException($"the CPUs of this node lack what the component may use: {string.Join(", ", missing)}");
    }

    /// <summary>Tables that do not agree with the image's own capability space would fail the relocation, when objects exist.</summary>
    private void CheckTables()
    {
        DomainState domain = Manifest.Domain;
        TableTruth truth = TableTruth.Of(domain, badge => badge);
        TableRelocation.Check(TableView.CopyFrom(Image.Dataspace(domain.TableDataspace!.Value)), truth.Held, truth.Gates);
    }

    /// <summary>A part of a group's image has no content for what the others own.</summary>
    private void CheckShared()
    {
        Dictionary<ObjectId, ObjectState> objects = Manifest.Domain.Objects.ToDictionary(entry => entry.Id);
        foreach (AttachmentState attachment in Manifest.Domain.Attachments)
        {
            ObjectState attached = objects[attachment.Dataspace];
            if (attached.Dataspace?.SharedFrom is { } owner && !_isOfAnother(attached.Badge))
                throw new RestoreRefusedException($"the component shares memory of '{owner}', which is in the image of their group only");
        }
    }

    private DomainOptions OptionsFor(string name)
    {
        // What was donated to services of components outside is donated again when their sessions are opened.
        ulong ramBytes = Manifest.Domain.RamQuotaBytes;
        ulong capabilities = Manifest.Domain.CapabilityQuota;
        Dictionary<ObjectId, ObjectState> objects = Manifest.Domain.Objects.ToDictionary(entry => entry.Id);
        foreach (SessionState session in Manifest.Sessions.Where(session => IsOpenedAgain(objects[session.Capability])))
        {
            ramBytes = checked(ramBytes + session.RamUpgradeBytes);
            capabilities = checked(capabilities + session.CapabilityUpgrade);
        }

        return new DomainOptions { Name = name, RamQuotaBytes = ramBytes, CapabilityQuota = capabilities, Platform = _machine.Platform };
    }

    private bool IsOpenedAgain(ObjectState session) => session.Kind == ObjectKind.ForeignSession && !_isOfAnother(session.Badge);
}
