namespace Drover.Node.Operations;

/// <param name="Name">The component.</param>
/// <param name="As">Name of the snapshot; null for the component's name with '@' and the next number.</param>
public sealed record SnapshotRequest(string Name, string? As = null);

/// <summary>What came of a snapshot.</summary>
public sealed record SnapshotReport
{
    /// <summary>Name of the snapshot.</summary>
    public required string Snapshot { get; init; }

    /// <summary>Of the component.</summary>
    public required string Name { get; init; }

    public required string Node { get; init; }

    /// <summary>Milliseconds from the first thread stopped to the component running again.</summary>
    public required double PauseMs { get; init; }

    /// <summary>Milliseconds from the request to the kept snapshot.</summary>
    public required double TotalMs { get; init; }

    /// <summary>What the component held, ascending by selector.</summary>
    public required IReadOnlyList<CapabilityInfo> Capabilities { get; init; }

    /// <summary>Sequence number of the last log entry before the snapshot, 0 if there was none.</summary>
    public required long LogSequence { get; init; }
}

/// <summary>A snapshot that a node keeps.</summary>
public sealed record SnapshotInfo
{
    /// <summary>Of the snapshot.</summary>
    public required string Name { get; init; }

    /// <summary>Name of the component that it was taken of, which may have ended.</summary>
    public required string Component { get; init; }

    public required DateTimeOffset TakenAt { get; init; }

    /// <summary>Memory that it takes; of pages that it shares with the component or other snapshots, its part.</summary>
    public required ulong MemoryBytes { get; init; }

    /// <summary>How long the component stood still for it, in milliseconds.</summary>
    public required double PauseMs { get; init; }

    /// <summary>True if a copy of its memory is at hand for the next roll back to it.</summary>
    public bool IsReady { get; init; }
}
