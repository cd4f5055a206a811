namespace Drover.Node.Operations;

/// <param name="Name">The component; one that has ended is started again.</param>
/// <param name="Snapshot">Name of the snapshot; null for the latest of the component.</param>
public sealed record RollbackRequest(string Name, string? Snapshot = null);

/// <summary>What came of a roll back.</summary>
public sealed record RollbackReport
{
    public required string Name { get; init; }

    public required string Snapshot { get; init; }

    public required string Node { get; init; }

    public required int ProcessId { get; init; }

    /// <summary>Milliseconds from the request to the component running.</summary>
    public required double RollbackMs { get; init; }

    /// <summary>What the component held when it was let go, ascending by selector.</summary>
    public required IReadOnlyList<CapabilityInfo> Capabilities { get; init; }

    /// <summary>Sequence number of the last log entry before it goes on.</summary>
    public required long LogSequence { get; init; }
}
