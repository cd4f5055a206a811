namespace Drover.Images.State;

/// <summary>The target of notifications.</summary>
public sealed record SignalContextState
{
    /// <summary>The signal source that it belongs to.</summary>
    public required ObjectId Source { get; init; }

    /// <summary>The word by which the waiting thread gets to know it.</summary>
    public required ulong Imprint { get; init; }

    /// <summary>Submits that nobody has taken yet.</summary>
    public ulong PendingCount { get; init; }
}
