namespace Drover.Node.Operations;

/// <param name="Directory">Absolute path of the image.</param>
/// <param name="Name">Name of the component on this node; the recorded one if null.</param>
/// <param name="Lazy">The component runs before its private memory is there; a page that turns out to be damaged then ends it.</param>
public sealed record RestoreRequest(string Directory, string? Name = null, bool Lazy = false)
{
    /// <summary>Checkpoints that are to be taken while it runs on; null for none.</summary>
    public PeriodicRequest? Checkpoints { get; init; }
}

/// <summary>What came of a restore.</summary>
public sealed record RestoreReport
{
    public required string Name { get; init; }

    public required string Node { get; init; }

    public required int ProcessId { get; init; }

    /// <summary>Milliseconds from the request to the component running.</summary>
    public required double RestoreMs { get; init; }

    /// <summary>What the component held when it was let go, ascending by selector.</summary>
    public required IReadOnlyList<CapabilityInfo> Capabilities { get; init; }
}
