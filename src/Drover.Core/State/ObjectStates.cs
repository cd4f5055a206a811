using Drover.Contracts.Sessions;
using Drover.Core.Capabilities;

namespace Drover.Core.State;

/// <summary>One slot of a capability space.</summary>
/// <param name="Badge">Of the object in it.</param>
/// <param name="IsVoid">The object is gone; the slot is occupied until it is released.</param>
/// <param name="IsOwned">The domain itself owns the object.</param>
/// <param name="Description">Shown to people.</param>
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

public sealed record SignalSourceState(ulong Badge);

/// <param name="Pending">Notifications that no thread has taken.</param>
public sealed record SignalContextState(ulong Badge, ulong SourceBadge, ulong Imprint, ulong Pending);

/// <param name="DataspaceInode">By which mappings of the dataspace, the domain's own or another's, are recognised.</param>
public sealed record AttachmentState(
    uint Id,
    ulong DataspaceBadge,
    ulong DataspaceInode,
    ulong OffsetBytes,
    ulong LengthBytes,
    ulong Address,
    AttachRights Rights);
