using Drover.Contracts.Sessions;
using Drover.Core;
using Drover.Core.Capabilities;
using Drover.Core.Ipc;
using Drover.Core.Memory;
using Drover.Core.Services;
using Drover.Core.Signals;
using Drover.Images.State;
using Drover.Monitor.Interception;
using Drover.Monitor.Parent;
using Drover.Platform;
using Drover.Platform.State;
using CoreState = Drover.Core.State;

namespace Drover.Monitor.Checkpoint;

/// <summary>
/// Puts together what an image says of a domain: core's description of its kernel objects, and what the monitor
/// recorded of its sessions. To be used while the domain stands still, or for a picture of a running one.
/// </summary>
internal sealed partial class DomainCapture
{
    private readonly MonitoredComponent _component;
    private readonly CoreState.DomainState _core;
    private readonly CaptureGroup _group;
    private readonly ObjectNumbering _numbers = new();
    private readonly List<ObjectState> _objects = [];
    private readonly List<SessionState> _sessions = [];
    private readonly Lazy<DomainState> _domain;
    private readonly ObjectId _utcbs;
    private readonly IStoppedProcess? _stopped;
    private Donation _claims;

    /// <param name="component">Its timers are held back.</param>
    /// <param name="core">Its domain as core describes it.</param>
    /// <param name="announced">The services that the component offers.</param>
    /// <param name="group">Who is captured at the same moment, the component included.</param>
    /// <param name="stopped">Its process; null for a picture of a running one.</param>
    public DomainCapture(
        MonitoredComponent component, CoreState.DomainState core, IReadOnlyList<Announcement> announced, CaptureGroup group,
        IStoppedProcess? stopped = null)
    {
        _group = group;
        _component = component;
        _stopped = stopped;
        _core = core;
        _utcbs = _numbers.Next();
        AddMemory();
        AddOwned();
        AddRegionMaps();
        AddHeld();
        AddAttached();
        AddSessions();
        _domain = new(ToDomainState);
        Announcements = [.. announced.Select(Describe)];
    }

    /// <summary>Put together when it is first asked for, which needs no component that stands still.</summary>
    public DomainState Domain => _domain.Value;

    public IReadOnlyList<SessionState> Sessions => _sessions;

    /// <summary>The memory whose content belongs into the image: number in the image, and where it is.</summary>
    public List<(ObjectId Object, Dataspace Dataspace)> Dataspaces { get; } = [];

    public ObjectId Utcbs => _utcbs;

    /// <summary>What an image could not keep, each in a sentence; empty if nothing is in the way of a checkpoint.</summary>
    public List<string> Obstacles { get; } = [];

    public IReadOnlyList<AnnouncementState> Announcements { get; }

    /// <summary>The process without what lies in the ranges of managed dataspaces: that follows from the region maps.</summary>
    public ProcessState WithoutManaged(ProcessState process) => process with
    {
        Mappings = ManagedRanges.Reserve(
            process.Mappings,
            [.. _core.Attachments.Where(attachment => attachment is { DataspaceInode: 0, RegionMapBadge: 0 }).Select(attachment => (attachment.Address, attachment.LengthBytes))]),
    };

    /// <summary>Every shared mapping must be of a dataspace that core knows the domain to have; another is an obstacle.</summary>
    public void CheckMappings(IReadOnlyList<MappingState> mappings)
    {
        HashSet<ulong> known = [.. _objects.Select(entry => entry.Dataspace?.Inode ?? 0)];
        foreach (MappingState mapping in mappings.Where(mapping => mapping.Backing == MappingBacking.Dataspace))
        {
            if (!known.Contains(mapping.DataspaceInode))
                Obstacles.Add($"{_component.Name} has memory mapped at 0x{mapping.Start:x} that belongs to no dataspace it holds");
        }
    }

    private AnnouncementState Describe(Announcement announcement) => new()
    {
        Service = announcement.Service,
        Root = _numbers[((KernelCapability)announcement.Root.Owner).Object.Badge.Value],
        Sessions = [.. announcement.Sessions.All.Select(session => _numbers.Find(session.Gate.Badge.Value)).OfType<ObjectId>()],
        Donations = Donations(announcement),
    };

    private List<DonationState>? Donations(Announcement announcement)
    {
        List<DonationState> donations = [];
        foreach (OpenSession session in announcement.Sessions.All)
        {
            if (session.Session.Donation is { } donation && donation != default && _numbers.Find(session.Gate.Badge.Value) is { } id)
                donations.Add(new DonationState(id, donation.RamBytes, donation.Capabilities));
        }

        return donations.Count == 0 ? null : donations;
    }

    private void AddMemory()
    {
        _objects.Add(new ObjectState
        {
            Id = _utcbs,
            Kind = ObjectKind.Dataspace,
            Badge = 0,
            Label = "UTCBs",
            Dataspace = new Images.State.DataspaceState { LengthBytes = _component.Domain.UtcbMemory.LengthBytes, Inode = _core.UtcbInode },
        });
        AddDataspace(_component.Domain.Table);
    }

    private void AddOwned()
    {
        foreach (CoreState.GateState gate in _core.Gates)
            _numbers.TryAdd(gate.Badge, out _);
        foreach (CoreState.DataspaceState dataspace in _core.Dataspaces)
        {
            // A running component, of which this is a picture only, may have freed it meanwhile.
            if (_component.Domain.OwnedObject(dataspace.Badge) is Dataspace owned)
                AddDataspace(owned);
        }

        foreach (CoreState.SignalSourceState source in _core.SignalSources)
            AddObject(source.Badge, ObjectKind.SignalSource, "");
        foreach (CoreState.SignalContextState context in _core.SignalContexts)
        {
            AddObject(context.Badge, ObjectKind.SignalContext, $"imprint {context.Imprint}", state => state with
            {
                SignalContext = new SignalContextState
                {
                    Source = _numbers[context.SourceBadge],
                    Imprint = context.Imprint,
                    PendingCount = context.Pending,
                },
            });
        }
    }

    private ObjectState Describe(CoreState.GateState gate) => new()
    {
        Id = _numbers[gate.Badge],
        Kind = ObjectKind.Gate,
        Badge = gate.Badge,
        Label = $"{gate.Label}",
        Gate = new GateState { Label = gate.Label, Entrypoint = gate.Entrypoint },
    };

    private void AddRegionMaps()
    {
        foreach (CoreState.RegionMapState map in _core.RegionMaps)
        {
            ObjectId? handler = map.HandlerBadge == 0
                ? null
                // Gone, or another component's: faults that nobody handles wait.
                : _numbers.Find(map.HandlerBadge) ?? AddForeign(map.HandlerBadge, "fault handler", ForeignKind.SignalContext);
            AddObject(map.Badge, ObjectKind.RegionMap, "", state => state with
            {
                RegionMap = new RegionMapState { LengthBytes = map.LengthBytes, FaultHandler = handler },
            });
            AddObject(map.DataspaceBadge, ObjectKind.ManagedDataspace, "", state => state with
            {
                ManagedDataspace = new ManagedDataspaceState { RegionMap = _numbers[map.Badge] },
            });
            if (_component.Domain.OwnedObject(map.Badge) is RegionMapObject owned)
                NoteSharers(owned.Dataspace);
        }
    }

    private void AddHeld()
    {
        foreach (CoreState.CapabilityState held in _core.CapabilitySpace)
        {
            if (_numbers.Find(held.Badge) is not null)
                continue;
            if (held.IsVoid)
                AddObject(held.Badge, ObjectKind.Revoked, held.Description);
            else if (_component.Domain.Held(held.Selector) is { } target && target.Badge.Value == held.Badge)
                AddForeign(held, target);
            else // A running component, of which this is a picture only, has given it back meanwhile.
                AddObject(held.Badge, ObjectKind.Revoked, held.Description);
        }
    }

    /// <summary>A module that is attached although its capability was given back.</summary>
    private void AddAttached()
    {
        foreach (CoreState.AttachmentState attachment in _core.Attachments)
        {
            if (_numbers.Find(attachment.DataspaceBadge) is not null)
                continue;
            if (ModuleWith(attachment.DataspaceInode) is { } module)
            {
                AddModule(attachment.DataspaceBadge, module);
                continue;
            }

            if (_group.OwnerOfModule(attachment.DataspaceInode) is { } lender)
            {
                AddLent(attachment.DataspaceBadge, attachment.DataspaceInode, attachment.OffsetBytes + attachment.LengthBytes, "ROM", lender);
                continue;
            }

            if (_group.FindDataspace(attachment.DataspaceBadge) is { } shared)
            {
                AddShared(shared);
                continue;
            }

            Obstacles.Add($"{_component.Name} has a dataspace of another component attached at 0x{attachment.Address:x}; an image of one component cannot keep it shared");
            if (attachment.DataspaceInode == 0)
                AddObject(attachment.DataspaceBadge, ObjectKind.NativeCapability, "managed dataspace");
            else
                AddShared(attachment.DataspaceBadge, attachment.DataspaceInode, attachment.OffsetBytes + attachment.LengthBytes, "dataspace");
        }
    }

    private void AddForeign(CoreState.CapabilityState held, KernelObject target)
    {
        switch (target)
        {
            case ServiceGate service when IsOwn(service):
                (ObjectKind kind, string label) = KindOf(service);
                AddObject(held.Badge, kind, label, state => kind == ObjectKind.TimerSession ? WithTimer(state, service) : state);
                break;
            case Dataspace { Owner: null } rom when ModuleWith(rom.Inode) is { } module:
                AddModule(held.Badge, module);
                break;
            case Dataspace { Owner: null } rom when _group.OwnerOfModule(rom.Inode) is { } lender:
                AddLent(held.Badge, rom.Inode, rom.LengthBytes, rom.Name, lender);
                break;
            case Dataspace { Owner: null } rom:
                Obstacles.Add($"{_component.Name} holds {rom.Name} of another component (selector {held.Selector}); an image of one component cannot keep it shared");
                AddForeign(held.Badge, held.Description, ForeignKind.Dataspace);
                break;
            case Dataspace shared when _group.Has(shared.Owner!):
                AddShared(shared);
                break;
            case Dataspace shared:
                Obstacles.Add($"{_component.Name} holds a dataspace of {shared.Owner!.Name} (selector {held.Selector}); an image of one component cannot keep it shared");
                AddShared(held.Badge, shared.Inode, shared.LengthBytes, shared.Description);
                break;
            case RegionMapObject or ManagedDataspace:
                Obstacles.Add($"{_component.Name} holds a region map of {target.Owner!.Name} (selector {held.Selector}); an image of one component cannot keep it shared");
                AddObject(held.Badge, ObjectKind.NativeCapability, held.Description);
                break;
            case Gate when _component.Sessions.Find(target) is { } session && IsOpen(session):
                AddObject(held.Badge, ObjectKind.ForeignSession, session.Session.Creation.Service);
                break;
            default:
                // An object of another component that was delegated: unless that one comes along, it stays behind.
                AddForeign(held.Badge, held.Description, ForeignObjects.KindOf(target.Kind));
                break;
        }
    }

    private ObjectId? AddForeign(ulong badge, string label, ForeignKind kind) =>
        AddObject(badge, ObjectKind.NativeCapability, label, state => state with { Foreign = new ForeignState { Kind = kind } });

    /// <summary>Another component may have delegated a session of its own.</summary>
    private bool IsOwn(ServiceGate service) =>
        _component.Sessions.Find(service) is not null
        || ForeignObjects.WellKnown.Any(selector => ReferenceEquals(_component.Domain.Held(selector), service));

    private (ObjectKind Kind, string Label) KindOf(ServiceGate service) => service.Target switch
    {
        ParentSession => (ObjectKind.Parent, _component.Name),
        InterceptedPdSession => (ObjectKind.PdSession, _component.Name),
        InterceptedCpuSession => (ObjectKind.CpuSession, _component.Name),
        InterceptedRmSession => (ObjectKind.RmSession, _component.Name),
        InterceptedRomSession rom => (ObjectKind.RomSession, rom.Module),
        InterceptedLogSession log => (ObjectKind.LogSession, log.Creation.Arguments),
        InterceptedTimerSession timer => (ObjectKind.TimerSession, timer.Creation.Label),
        _ => (ObjectKind.NativeCapability, service.Description),
    };

    private ObjectState WithTimer(ObjectState state, ServiceGate service)
    {
        var session = (InterceptedTimerSession)service.Target;
        // As of the stop, at which the component's clocks are recorded.
        TimeSpan sinceStop = _stopped?.RanSinceStop ?? TimeSpan.Zero;
        Core.Services.TimerState timer = session.State;
        TimeSpan? remaining = timer.Remaining + sinceStop;
        return state with
        {
            Timer = new Images.State.TimerState
            {
                ElapsedNanoseconds = Nanoseconds(timer.Elapsed - sinceStop),
                RemainingNanoseconds = remaining is { } left ? Nanoseconds(left) : null,
                OverdueNanoseconds = remaining < TimeSpan.Zero ? Nanoseconds(-remaining.Value) : null,
                PeriodNanoseconds = Nanoseconds(timer.Period),
                Handler = session.Handler is { } handler ? HandlerOf(handler) : null,
            },
        };
    }

    /// <summary>A handler of another component may be held by nobody here.</summary>
    private ObjectId? HandlerOf(SignalContext handler)
    {
        ulong badge = handler.Badge.Value;
        if (_numbers.Find(badge) is null && handler.IsAlive)
            AddForeign(badge, handler.Description, ForeignKind.SignalContext);
        return _numbers.Find(badge);
    }

    private static ulong Nanoseconds(TimeSpan span) => (ulong)Math.Max(0, span.Ticks) * TimeSpan.NanosecondsPerTick;

    private ObjectId? AddObject(ulong badge, ObjectKind kind, string label, Func<ObjectState, ObjectState>? complete = null)
    {
        if (!_numbers.TryAdd(badge, out ObjectId id))
            return null;
        ObjectState state = new() { Id = id, Kind = kind, Badge = badge, Label = label };
        _objects.Add(complete is null ? state : complete(state));
        return id;
    }

    private void AddSessions()
    {
        Dictionary<ulong, ObjectId> ofContents = [];
        foreach (OpenSession open in _component.Sessions.All)
        {
            // What is left of a session whose service is gone is a void capability, and a claim to what was donated.
            if (!IsOpen(open))
            {
                Donation lost = open.Session.Donation;
                _claims = new Donation(_claims.RamBytes + lost.RamBytes, _claims.Capabilities + lost.Capabilities);
                continue;
            }

            // The component may have given the capability back without closing the session.
            if (_numbers.TryAdd(open.Gate.Badge.Value, out ObjectId id))
                _objects.Add(DescribeUnheld(open, id));
            if (open.Session is InterceptedRomSession rom)
            {
                ofContents.Add(rom.Content.Badge.Value, _numbers[open.Gate.Badge.Value]);
                // Others may have what the component itself gave back.
                if (_numbers.Find(rom.Content.Badge.Value) is null && ModuleWith(rom.Content.Inode) is { } module)
                    AddModule(rom.Content.Badge.Value, module);
            }

            SessionCreation creation = open.Session.Creation;
            Donation total = open.Session.Donation;
            _sessions.Add(new SessionState
            {
                Service = creation.Service,
                Arguments = creation.Arguments,
                Label = creation.Label,
                Capability = id == default ? _numbers[open.Gate.Badge.Value] : id,
                RamUpgradeBytes = total.RamBytes,
                CapabilityUpgrade = total.Capabilities,
                Details = open.Session is InterceptedLogSession { PartialLine.Length: > 0 } log
                    ? new Dictionary<string, string> { [SessionDetails.PartialLine] = log.PartialLine }
                    : new Dictionary<string, string>(),
            });
        }

        NoteSessions(ofContents);
    }

    /// <summary>Says of the dataspaces of modules which session gave each.</summary>
    private void NoteSessions(Dictionary<ulong, ObjectId> ofContents)
    {
        for (int i = 0; ofContents.Count > 0 && i < _objects.Count; i++)
        {
            if (_objects[i] is { Dataspace.RomName: not null } module && ofContents.Remove(module.Badge, out ObjectId session))
                _objects[i] = module with { Dataspace = module.Dataspace with { RomSession = session } };
        }
    }

    private static bool IsOpen(OpenSession session) => session.Gate.IsAlive && !session.Session.HasEnded;

    private ObjectState DescribeUnheld(OpenSession open, ObjectId id)
    {
        ulong badge = open.Gate.Badge.Value;
        if (open.Gate is not ServiceGate service)
            return new ObjectState { Id = id, Kind = ObjectKind.ForeignSession, Badge = badge, Label = open.Session.Creation.Service };
        (ObjectKind kind, string label) = KindOf(service);
        ObjectState state = new() { Id = id, Kind = kind, Badge = badge, Label = label };
        return kind == ObjectKind.TimerSession ? WithTimer(state, service) : state;
    }

    /// <summary>What is attached is said to be the region map, not the dataspace that it is used as.</summary>
    private ulong MapBadgeOf(ulong badge) => _core.RegionMaps.FirstOrDefault(map => map.DataspaceBadge == badge)?.Badge ?? badge;

    private DomainState ToDomainState() => new()
    {
        Name = _core.Name,
        RamQuotaBytes = _core.Ram.Limit + _claims.RamBytes,
        RamUsedBytes = _core.Ram.Used,
        CapabilityQuota = _core.Capabilities.Limit + _claims.Capabilities,
        CapabilitiesUsed = _core.Capabilities.Used,
        Objects = [.. _objects, .. _core.Gates.Select(Describe)],
        Capabilities =
        [
            .. _core.CapabilitySpace.Select(held => new CapabilityState
            {
                Selector = held.Selector,
                Object = _numbers[held.Badge],
                Deliveries = held.Deliveries,
                Badge = held.Badge,
            }),
        ],
        Attachments =
        [
            .. _core.Attachments.Select(attachment => new AttachmentState
            {
                Number = attachment.Id,
                Dataspace = _numbers[MapBadgeOf(attachment.DataspaceBadge)],
                RegionMap = attachment.RegionMapBadge == 0 ? null : _numbers[attachment.RegionMapBadge],
                Address = attachment.Address,
                OffsetBytes = attachment.OffsetBytes,
                LengthBytes = attachment.LengthBytes,
                Rights = (PageProtection)attachment.Rights,
            }),
        ],
        LastAttachment = _core.LastAttachment,
        IpcThreads = [.. _core.Threads.Select(thread => IpcRecords.ToImage(thread, _numbers.Find))],
        UtcbAreaLengthBytes = _component.Domain.UtcbMemory.LengthBytes,
        UtcbDataspace = _utcbs,
        TableDataspace = _numbers[_core.TableBadge],
    };
}
