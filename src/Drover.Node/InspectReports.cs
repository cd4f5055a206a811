using Drover.Images;
using Drover.Images.State;
using Drover.Linux.Processes;
using Drover.Monitor;
using Drover.Monitor.Tables;
using Drover.Node.Operations;
using Drover.Platform.State;

namespace Drover.Node;

/// <summary>What `drover inspect` shows, of a live component and of an image.</summary>
internal static class InspectReports
{
    public static InspectReport Of(MonitoredComponent component, string node)
    {
        ComponentPicture picture = ComponentPicture.Of(component);
        Dictionary<int, IpcThreadState> calls = picture.Domain.IpcThreads.ToDictionary(thread => thread.ThreadId);
        ComponentInfo info = Reports.Describe(component);
        return Common(picture.Domain, picture.Sessions, TableView.Of(component)) with
        {
            Name = component.Name,
            Node = node,
            Program = info.Program,
            Threads = [.. ProcessPicture.Threads(component.HostProcessId).Select(thread => new ThreadInfo(thread.ThreadId, thread.Name, StateOf(calls.GetValueOrDefault(thread.ThreadId))))],
            Memory = [.. ProcessPicture.Mappings(component.HostProcessId).Select(Describe)],
        };
    }

    public static InspectReport Of(ImageReader image)
    {
        ImageManifest manifest = image.Manifest;
        Dictionary<int, IpcThreadState> calls = manifest.Domain.IpcThreads.ToDictionary(thread => thread.ThreadId);
        return Common(manifest.Domain, manifest.Sessions, TableView.Of(image)) with
        {
            Name = manifest.ComponentName,
            Node = manifest.NodeName,
            Image = new ImageInfo(image.Directory, image.LengthBytes),
            Program = manifest.Launch.Arguments.FirstOrDefault(argument => argument.EndsWith(".dll", StringComparison.Ordinal)) ?? manifest.Launch.Executable,
            Threads = [.. manifest.Process.Threads.Select(thread => new ThreadInfo(thread.ThreadId, thread.Name, StateOf(calls.GetValueOrDefault(thread.ThreadId))))],
            Memory = [.. manifest.Process.Mappings.Select(Describe)],
        };
    }

    private static InspectReport Common(DomainState domain, IReadOnlyList<SessionState> sessions, TableView tables) => new()
    {
        Name = "",
        Node = "",
        Program = "",
        Quota = new QuotaInfo(domain.RamQuotaBytes, domain.RamUsedBytes, Reports.Count(domain.CapabilityQuota), Reports.Count(domain.CapabilitiesUsed)),
        Sessions = [.. BuiltInSessions(domain), .. sessions.Select(Describe)],
        Threads = [],
        Memory = [],
        Capabilities = Slots(domain, tables),
        ObjectPool = [.. tables.Pool.Select(entry => new ObjectPoolEntryInfo(entry.Label, entry.Badge, entry.Selector))],
    };

    private static IEnumerable<SessionInfo> BuiltInSessions(DomainState domain) =>
        domain.Objects
            .Where(entry => entry.Kind is ObjectKind.PdSession or ObjectKind.CpuSession or ObjectKind.RmSession)
            .Select(entry => new SessionInfo(Reports.KindName(entry.Kind), entry.Label, "", ""));

    private static SessionInfo Describe(SessionState session) => new(
        session.Service,
        session.Label,
        session.Arguments,
        session.RamUpgradeBytes == 0 && session.CapabilityUpgrade == 0 ? "" : $"{session.RamUpgradeBytes} bytes, {session.CapabilityUpgrade} capabilities");

    private static List<CapabilitySlotInfo> Slots(DomainState domain, TableView tables)
    {
        Dictionary<ObjectId, ObjectState> objects = domain.Objects.ToDictionary(entry => entry.Id);
        SortedDictionary<uint, CapabilitySlotInfo> slots = [];
        foreach (CapabilityState held in domain.Capabilities)
        {
            ObjectState target = objects[held.Object];
            slots[held.Selector] = new CapabilitySlotInfo(
                held.Selector, Reports.Capability(held, target), null, held.Deliveries, Details(target));
        }

        foreach (MapEntryView entry in tables.Map)
        {
            CapabilityMapEntryInfo map = new(entry.Badge, entry.Owners, entry.Deliveries);
            slots[entry.Selector] = slots.TryGetValue(entry.Selector, out CapabilitySlotInfo? slot)
                ? slot with { Map = map }
                : new CapabilitySlotInfo(entry.Selector, null, map);
        }

        return [.. slots.Values];
    }

    private static HeldObjectInfo? Details(ObjectState target) => target switch
    {
        { Gate: { } gate } => new HeldObjectInfo { Entrypoint = gate.Entrypoint },
        { Dataspace: { } memory } => new HeldObjectInfo { LengthBytes = memory.LengthBytes, ReadOnly = memory.ReadOnly ? true : null },
        { RegionMap: { } map } => new HeldObjectInfo { LengthBytes = map.LengthBytes },
        { SignalContext: { } context } => new HeldObjectInfo { PendingSignals = context.PendingCount },
        { Timer: { } timer } => new HeldObjectInfo
        {
            TimerRemainingMs = timer.RemainingNanoseconds / 1e6,
            TimerPeriodMs = timer.PeriodNanoseconds > 0 ? timer.PeriodNanoseconds / 1e6 : null,
        },
        _ => null,
    };

    private static string StateOf(IpcThreadState? thread) => thread switch
    {
        null => "running",
        { IsServing: true } => "serving",
        { Phase: IpcPhase.CallingInside or IpcPhase.CallingOutside } => "calling",
        { Phase: IpcPhase.Waiting } => "waiting for requests",
        { Phase: IpcPhase.WaitingForSignal } => "waiting for signals",
        _ => "running",
    };

    private static MemoryInfo Describe(MappingPicture mapping) => new(
        mapping.Start,
        mapping.End,
        Rights(mapping.Protection),
        mapping.IsShared && mapping.Name.StartsWith("/memfd:", StringComparison.Ordinal) ? "dataspace" : mapping.Name.StartsWith('/') ? "file" : "private",
        mapping.Name);

    private static MemoryInfo Describe(MappingState mapping) => new(
        mapping.Start,
        mapping.End,
        Rights(mapping.Protection),
        mapping.Backing switch
        {
            MappingBacking.Dataspace => "dataspace",
            MappingBacking.Anonymous => "private",
            _ => "file",
        },
        mapping.File?.Path ?? mapping.Name);

    private static string Rights(PageProtection protection) => string.Concat(
        protection.HasFlag(PageProtection.Read) ? 'r' : '-',
        protection.HasFlag(PageProtection.Write) ? 'w' : '-',
        protection.HasFlag(PageProtection.Execute) ? 'x' : '-');
}
