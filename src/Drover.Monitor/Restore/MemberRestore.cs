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
using Drover.Platform.Faults;
using Drover.Platform.State;
using DomainState = Drover.Images.State.DomainState;

namespace Drover.Monitor.Restore;

/// <summary>
/// One component that is being built from its image. The restorer takes it through its steps, together with the other
/// members of its group, if it has one. Disposing gives back what the component did not take over; <see cref="Undo"/>
/// comes first if it is not to live.
/// </summary>
internal sealed class MemberRestore : IDisposable
{
    private readonly IComponentMachine _machine;
    private readonly CheckedFiles _files;
    private readonly DomainRestoration _restoration;
    private IComponentProcess? _process;
    private bool _isStarted;

    /// <summary>Checks what the machine must have and makes the domain with its own objects.</summary>
    public MemberRestore(ImageReader image, string name, Kernel kernel, IComponentMachine machine, ComponentFactory factory)
    {
        Image = image;
        _machine = machine;
        Faults.Reach(FaultPoint.RestoreCheckMachine);
        CheckMachine();
        Faults.Reach(FaultPoint.RestoreCheckTables);
        CheckTables();
        Faults.Reach(FaultPoint.RestoreCheckFiles);
        _files = new CheckedFiles(machine, Manifest);
        try
        {
            Faults.Reach(FaultPoint.RestoreCreateDomain);
            _restoration = kernel.BeginRestore(CoreRecords.Of(Manifest.Domain), OptionsFor(name));
            try
            {
                Faults.Reach(FaultPoint.RestoreLoadModules);
                Component = factory.Create(Manifest.Launch, _restoration.Domain, isRestored: true);
            }
            catch
            {
                _restoration.Dispose();
                throw;
            }
        }
        catch
        {
            _files.Dispose();
            throw;
        }
    }

    public ImageReader Image { get; }

    public ImageManifest Manifest => Image.Manifest;

    public MonitoredComponent Component { get; }

    public DomainRestoration Restoration => _restoration;

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
                _restoration.Provide(target.Badge, now);
        }
    }

    /// <summary>Fills dataspaces and UTCBs with their recorded content.</summary>
    public void FillMemory()
    {
        Faults.Reach(FaultPoint.RestoreFillMemory);
        DomainState domain = Manifest.Domain;
        Image.CopyDataspace(domain.UtcbDataspace, _restoration.Domain.UtcbMemory);
        foreach (ObjectState entry in CoreRecords.OwnDataspaces(domain))
        {
            if (_restoration.Objects[entry.Badge] is not Dataspace dataspace || !dataspace.TryLease(out DataspaceLease? lease))
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
        TableTruth truth = TableTruth.Of(domain, old => _restoration.Objects[old].Badge.Value);
        TableRelocation.Relocate(tables, truth.Held, truth.Gates);
        if (!_restoration.Domain.Table.TryLease(out DataspaceLease? lease))
            throw new InvalidOperationException("the table dataspace of a domain that is being built is gone");
        using (lease)
            tables.WriteTo(lease.Memory);
    }

    /// <summary>Builds the process around its memory.</summary>
    public void RebuildProcess()
    {
        Faults.Reach(FaultPoint.RestoreBuildProcess);
        using ImageBacking backing = new(_files, Image, _restoration);
        RebuildRequest request = new()
        {
            State = Manifest.Process,
            Pages = Image,
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
        _restoration.Commit();
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
        _restoration.Domain.Destroy();
        _process?.Dispose();
        if (_isStarted)
            Component.StopAsync().GetAwaiter().GetResult();
        else
            Component.Abandon();
    }

    public void Dispose()
    {
        _restoration.Dispose();
        _files.Dispose();
    }

    private void CheckMachine()
    {
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

    private DomainOptions OptionsFor(string name)
    {
        // What was donated to services of other components is donated again when their sessions are opened.
        ulong ramBytes = Manifest.Domain.RamQuotaBytes;
        ulong capabilities = Manifest.Domain.CapabilityQuota;
        Dictionary<ObjectId, ObjectState> objects = Manifest.Domain.Objects.ToDictionary(entry => entry.Id);
        foreach (SessionState session in Manifest.Sessions.Where(session => objects[session.Capability].Kind == ObjectKind.ForeignSession))
        {
            ramBytes = checked(ramBytes + session.RamUpgradeBytes);
            capabilities = checked(capabilities + session.CapabilityUpgrade);
        }

        return new DomainOptions { Name = name, RamQuotaBytes = ramBytes, CapabilityQuota = capabilities, Platform = _machine.Platform };
    }
}
