using Drover.Contracts.Sessions;

namespace Drover.Core.State;

/// <summary>
/// The kernel-side state of a stopped domain. Badges name objects here and mean nothing on another node; the memory of
/// dataspaces, tables and UTCBs is not in it.
/// </summary>
public sealed record DomainState
{
    public required string Name { get; init; }

    public required QuotaAccount Ram { get; init; }

    public required QuotaAccount Capabilities { get; init; }

    /// <summary>Ascending by selector.</summary>
    public required IReadOnlyList<CapabilityState> CapabilitySpace { get; init; }

    /// <summary>Badge of the dataspace of the tables.</summary>
    public required ulong TableBadge { get; init; }

    /// <summary>Inode of that dataspace, by which its mapping is recognised.</summary>
    public required ulong TableInode { get; init; }

    /// <summary>Inode of the memory of the UTCBs.</summary>
    public required ulong UtcbInode { get; init; }

    /// <summary>The gates that the domain owns, ascending by badge, as all lists that follow.</summary>
    public required IReadOnlyList<GateState> Gates { get; init; }

    /// <summary>The dataspaces that it owns, but for that of the tables.</summary>
    public required IReadOnlyList<DataspaceState> Dataspaces { get; init; }

    public required IReadOnlyList<SignalSourceState> SignalSources { get; init; }

    public required IReadOnlyList<SignalContextState> SignalContexts { get; init; }

    /// <summary>The region maps that it owns, but for its address space.</summary>
    public IReadOnlyList<RegionMapState> RegionMaps { get; init; } = [];

    /// <summary>The address space's, then region map by region map; in each ascending by address.</summary>
    public required IReadOnlyList<AttachmentState> Attachments { get; init; }

    /// <summary>The attachment number that was given last.</summary>
    public required uint LastAttachment { get; init; }

    /// <summary>Ascending by slot.</summary>
    public required IReadOnlyList<ThreadIpcState> Threads { get; init; }
}
