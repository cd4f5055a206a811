namespace Drover.Node.Operations;

/// <summary>What came of the periodic checkpoints of a component.</summary>
public sealed record PeriodicReport
{
    public required string Name { get; init; }

    public required string Node { get; init; }

    public required PeriodicRequest Request { get; init; }

    /// <summary>False once the component has ended.</summary>
    public required bool IsActive { get; init; }

    /// <summary>How many were committed.</summary>
    public required long Taken { get; init; }

    /// <summary>How many were given up; the component ran on.</summary>
    public required long Failed { get; init; }

    /// <summary>Turns that passed while an earlier checkpoint, or the folding of old images, was still under way.</summary>
    public required long Skipped { get; init; }

    /// <summary>How often images that had become too old were folded into one.</summary>
    public required int Folds { get; init; }

    /// <summary>Of the newest checkpoints; null if there was none.</summary>
    public PauseSummary? Pauses { get; init; }

    /// <summary>Why the last checkpoint was given up; null if it was not.</summary>
    public string? Failure { get; init; }

    /// <summary>The images that can be restored, oldest first.</summary>
    public required IReadOnlyList<string> Images { get; init; }

    /// <summary>The newest checkpoints, oldest first.</summary>
    public required IReadOnlyList<PeriodicCheckpoint> Checkpoints { get; init; }
}

/// <summary>Milliseconds that a component stood still, over several checkpoints.</summary>
/// <param name="Count">How many checkpoints these are.</param>
/// <param name="MedianMs">Half took at most so long.</param>
/// <param name="HighMs">95 of 100 took at most so long.</param>
/// <param name="MostMs">The longest.</param>
public sealed record PauseSummary(int Count, double MedianMs, double HighMs, double MostMs);

/// <summary>One of them.</summary>
/// <param name="Image">Name of its image in the directory.</param>
/// <param name="At">When it was committed, by the wall clock.</param>
/// <param name="IsDelta">Whether its image builds upon the one before.</param>
/// <param name="PauseMs">Milliseconds that the component stood still.</param>
/// <param name="TotalMs">Milliseconds from its beginning to the committed image.</param>
/// <param name="Bytes">Of the image's files.</param>
public sealed record PeriodicCheckpoint(string Image, DateTimeOffset At, bool IsDelta, double PauseMs, double TotalMs, long Bytes);
