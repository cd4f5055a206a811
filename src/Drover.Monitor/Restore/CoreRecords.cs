using Drover.Contracts.Sessions;
using Drover.Core.Capabilities;
using Drover.Images.State;
using Drover.Monitor.Checkpoint;
using CoreState = Drover.Core.State;

namespace Drover.Monitor.Restore;

/// <summary>Turns what an image says of a domain into core's records.</summary>
internal static class CoreRecords
{
    /// <param name="isHere">Tells of a badge whether the object of another component which it names is being restored too;
    /// none is if it is not given.</param>
    public static CoreState.DomainState Of(DomainState domain, Func<ulong, bool>? isHere = null)
    {
        isHere ??= static _ => false;
        // An image may be forged: what core cannot take is refused before anything is made.
        if (domain.TableDataspace is not { } tables)
            throw new CoreState.DomainStateException("tables", "the image has none");
        Dictionary<ObjectId, ObjectState> objects = domain.Objects.ToDictionary(entry => entry.Id);
        ulong BadgeOf(ObjectId id) => objects[id].Badge;
        Dictionary<ObjectId, ulong> managed = domain.Objects.Where(entry => entry.ManagedDataspace is not null)
            .ToDictionary(entry => entry.ManagedDataspace!.RegionMap, entry => entry.Badge);
        return new CoreState.DomainState
        {
            Name = domain.Name,
            Ram = new QuotaAccount(domain.RamQuotaBytes, domain.RamUsedBytes),
            Capabilities = new QuotaAccount(domain.CapabilityQuota, domain.CapabilitiesUsed),
            CapabilitySpace = [.. domain.Capabilities.Select(held => Slot(held, objects[held.Object], isHere))],
            TableBadge = BadgeOf(tables),
            TableInode = objects[tables].Dataspace!.Inode,
            UtcbInode = objects[domain.UtcbDataspace].Dataspace!.Inode,
            Gates = [.. domain.Objects.Where(entry => entry.Gate is not null).Select(entry => new CoreState.GateState(entry.Badge, entry.Gate!.Entrypoint, entry.Gate.Label))],
            Dataspaces = [.. OwnDataspaces(domain).Select(entry => new CoreState.DataspaceState(entry.Badge, entry.Dataspace!.LengthBytes, entry.Dataspace.Inode))],
            SignalSources = [.. domain.Objects.Where(entry => entry.Kind == ObjectKind.SignalSource).Select(entry => new CoreState.SignalSourceState(entry.Badge))],
            SignalContexts =
            [
                .. domain.Objects.Where(entry => entry.SignalContext is not null).Select(entry => new CoreState.SignalContextState(
                    entry.Badge, BadgeOf(entry.SignalContext!.Source), entry.SignalContext.Imprint, entry.SignalContext.PendingCount)),
            ],
            RegionMaps =
            [
                .. domain.Objects.Where(entry => entry.RegionMap is not null).Select(entry => new CoreState.RegionMapState(
                    entry.Badge, managed[entry.Id], entry.RegionMap!.LengthBytes, entry.RegionMap.FaultHandler is { } handler ? BadgeOf(handler) : 0)),
            ],
            Attachments =
            [
                .. domain.Attachments.Select(attachment => new CoreState.AttachmentState(
                    attachment.Number,
                    managed.TryGetValue(attachment.Dataspace, out ulong dataspace) ? dataspace : BadgeOf(attachment.Dataspace),
                    objects[attachment.Dataspace].Dataspace?.Inode ?? 0,
                    attachment.OffsetBytes,
                    attachment.LengthBytes,
                    attachment.Address,
                    (AttachRights)attachment.Rights,
                    attachment.RegionMap is { } map ? BadgeOf(map) : 0)),
            ],
            LastAttachment = domain.LastAttachment,
            Threads = [.. domain.IpcThreads.Select(thread => IpcRecords.ToCore(thread, BadgeOf))],
        };
    }

    /// <summary>The dataspaces that the domain allocated: neither tables nor UTCBs, a ROM module or another component's.</summary>
    public static IEnumerable<ObjectState> OwnDataspaces(DomainState domain) =>
        domain.Objects.Where(entry =>
            entry.Dataspace is { RomName: null, SharedFrom: null } && entry.Id != domain.TableDataspace && entry.Id != domain.UtcbDataspace);

    private static CoreState.CapabilityState Slot(CapabilityState held, ObjectState target, Func<ulong, bool> isHere) => new(
        held.Selector,
        held.Badge,
        held.Deliveries <= uint.MaxValue
            ? (uint)held.Deliveries
            : throw new CoreState.DomainStateException($"slot {held.Selector}", $"{held.Deliveries} deliveries are more than core counts"),
        KindOf(target),
        IsVoid: target.Kind == ObjectKind.Revoked || (target.Kind == ObjectKind.NativeCapability && !isHere(target.Badge)),
        IsOwned: target.Kind is ObjectKind.Gate or ObjectKind.SignalSource or ObjectKind.SignalContext or ObjectKind.RegionMap or ObjectKind.ManagedDataspace,
        target.Label);

    private static KernelObjectKind KindOf(ObjectState target) => target.Kind switch
    {
        ObjectKind.Gate or ObjectKind.ForeignSession => KernelObjectKind.Gate,
        ObjectKind.Dataspace or ObjectKind.ManagedDataspace => KernelObjectKind.Dataspace,
        ObjectKind.RegionMap => KernelObjectKind.RegionMap,
        ObjectKind.SignalSource => KernelObjectKind.SignalSource,
        ObjectKind.SignalContext => KernelObjectKind.SignalContext,
        ObjectKind.NativeCapability when target.Foreign is { } foreign => ForeignObjects.KindOf(foreign.Kind),
        _ => KernelObjectKind.Service,
    };
}
