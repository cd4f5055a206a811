namespace Drover.Node.Diagnosis;

/// <summary>Something a node needs of its machine, and whether it is there.</summary>
public sealed record Requirement
{
    /// <summary>What it is, in a few words.</summary>
    public required string Name { get; init; }

    public required bool Works { get; init; }

    /// <summary>False if a node runs without it, with <see cref="Without"/> as the price.</summary>
    public required bool Needed { get; init; }

    /// <summary>What it is for.</summary>
    public required string Purpose { get; init; }

    /// <summary>What is lost without it.</summary>
    public required string Without { get; init; }

    /// <summary>What to do if it is missing; empty if nothing is known to help.</summary>
    public required string Remedy { get; init; }

    /// <summary>What was seen when it was tried.</summary>
    public required string Detail { get; init; }
}

/// <param name="Ready">True if everything that is needed works.</param>
public sealed record MachineReport(bool Ready, IReadOnlyList<Requirement> Requirements);
