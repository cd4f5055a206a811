namespace Drover.Node.Operations;

/// <param name="Source">A snapshot, or a running component, of which one is taken for the purpose.</param>
/// <param name="Name">Of the clone; null for the component's name with the next free number. Several are numbered.</param>
/// <param name="Count">How many.</param>
public sealed record CloneRequest(string Source, string? Name = null, int Count = 1);

/// <summary>What came of the making of clones.</summary>
public sealed record CloneReport
{
    /// <summary>Of what they were made.</summary>
    public required string Source { get; init; }

    public required string Node { get; init; }

    /// <summary>In the order in which they were let go.</summary>
    public required IReadOnlyList<RestoreReport> Clones { get; init; }

    /// <summary>Milliseconds from the request to the last one running.</summary>
    public required double TotalMs { get; init; }

    /// <summary>How long the component stood still, in milliseconds; null if a snapshot was there.</summary>
    public double? PauseMs { get; init; }
}
