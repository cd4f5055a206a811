namespace Drover.Node.Operations;

/// <summary>Whether a component runs.</summary>
public enum ComponentState
{
    Running,
    Ended,
}

/// <summary>One component of a node, as `drover ps` lists it.</summary>
public sealed record ComponentInfo
{
    public required string Name { get; init; }

    public required ComponentState State { get; init; }

    /// <summary>Host path of the program it was first started from.</summary>
    public required string Program { get; init; }

    /// <summary>Process id on the node's machine; 0 once ended.</summary>
    public int ProcessId { get; init; }

    /// <summary>Wall-clock time of the start, or of the restore, on this node.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>True if it came to this node from an image.</summary>
    public bool Restored { get; init; }

    public QuotaInfo Quota { get; init; } = new(0, 0, 0, 0);

    /// <summary>How it ended; null while it runs.</summary>
    public ComponentExit? Exit { get; init; }
}

/// <summary>What a component may use, and uses.</summary>
public sealed record QuotaInfo(ulong RamLimitBytes, ulong RamUsedBytes, int CapabilityLimit, int CapabilitiesUsed);
