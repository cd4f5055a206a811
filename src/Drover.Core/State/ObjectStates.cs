using Drover.Contracts.Sessions;
using Drover.Core.Capabilities;

namespace Drover.Core.State;

/// <summary>One slot of a capability space.</summary>
/// <param name="Badge">Of the object in it.</param>
/// <param name="IsVoid">The object is gone; the slot is occupied until it is released.</param>
/// <param name="IsOwned">The domain itself owns the object.</param>
/// <param name="Description">Shown to people; empty for an object that the domain owns, which is described elsewhere.</param>
public sealed record CapabilityState(
    uint Selector,
    ulong Badge,
    uint Deliveries,
    KernelObjectKind Kind,
    bool IsVoid,
    bool IsOwned,
    string Description);

public sealed record GateState(ulong Badge, uint Entrypoint, ulong Label);

public sealed record DataspaceState(ulong Badge, ulong LengthBytes, ulong Inode);

/// <param name="DataspaceBadge">Of the region map used as a dataspace.</param>
/// <param name="HandlerBadge">Of the signal context that faults are reported to; 0 if holes give no access.</param>
public sealed record RegionMapState(ulong Badge, ulong DataspaceBadge, ulong LengthBytes, ulong HandlerBadge);

public sealed record SignalSourceState(ulong Badge);

/// <param name="Pending">Notifications that no thread has taken.</param>
public sealed record SignalContextState(ulong Badge, ulong SourceBadge, ulong Imprint, ulong Pending);

/// <param name="DataspaceInode">By which mappings of the dataspace, the domain's own or another's, are recognised; 0 for a
/// managed one.</param>
/// <param name="RegionMapBadge">Of the region map that it is attached to; 0 for the address space.</param>
public sealed record AttachmentState(
    uint Id,
    ulong DataspaceBadge,
    ulong DataspaceInode,
    ulong OffsetBytes,
    ulong LengthBytes,
    ulong Address,
    AttachRights Rights,
    ulong RegionMapBadge = 0);
