namespace Drover.Images.State;

/// <summary>A protection domain as core knows it.</summary>
public sealed record DomainState
{
    public required string Name { get; init; }

    public required ulong RamQuotaBytes { get; init; }

    public required ulong RamUsedBytes { get; init; }

    public required ulong CapabilityQuota { get; init; }

    public required ulong CapabilitiesUsed { get; init; }

    public required IReadOnlyList<ObjectState> Objects { get; init; }

    /// <summary>Ascending by selector.</summary>
    public required IReadOnlyList<CapabilityState> Capabilities { get; init; }

    /// <summary>The address space's first, then region map by region map; in each ascending by address.</summary>
    public required IReadOnlyList<AttachmentState> Attachments { get; init; }

    /// <summary>The attachment number that was given last.</summary>
    public required uint LastAttachment { get; init; }

    public required IReadOnlyList<IpcThreadState> IpcThreads { get; init; }

    public required ulong UtcbAreaLengthBytes { get; init; }

    /// <summary>The dataspace that is the UTCB area. Its mapping names it by inode, its content is in the image.</summary>
    public required ObjectId UtcbDataspace { get; init; }

    /// <summary>The dataspace with capability map and object pool, or null if the component never asked for it.</summary>
    public ObjectId? TableDataspace { get; init; }
}
