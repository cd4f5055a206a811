namespace Drover.Node.Operations;

/// <param name="Names">The components, each once.</param>
/// <param name="Directory">Absolute path of the image to make; it must not exist or be empty.</param>
/// <param name="LeaveRunning">Let the components run on afterwards.</param>
/// <param name="PreCopy">Copy most pages of all of them while they run, for a shorter pause.</param>
/// <param name="Compress">Compress the content of the images; somebody waits longer for it, but the components do not.</param>
public sealed record GroupCheckpointRequest(IReadOnlyList<string> Names, string Directory, bool LeaveRunning, bool PreCopy = false, bool Compress = false);

/// <summary>What came of a checkpoint of several components as of one moment.</summary>
public sealed record GroupCheckpointReport
{
    public required string Node { get; init; }

    /// <summary>The image of the whole group.</summary>
    public required ImageInfo Image { get; init; }

    /// <summary>In the order of the request; each with its own image inside that of the group.</summary>
    public required IReadOnlyList<CheckpointReport> Members { get; init; }

    /// <summary>Milliseconds from the first thread stopped to all components running again, or to the moment they could
    /// have.</summary>
    public required double PauseMs { get; init; }

    /// <summary>Milliseconds from the request to the committed image.</summary>
    public required double TotalMs { get; init; }
}

/// <param name="Directory">Absolute path of the image of a group.</param>
/// <param name="Lazy">The components run before their private memory is there; a page that turns out to be damaged then ends its component.</param>
public sealed record GroupRestoreRequest(string Directory, bool Lazy = false);

/// <summary>What came of the restore of a group.</summary>
public sealed record GroupRestoreReport
{
    public required string Node { get; init; }

    /// <summary>In the order in which they were checkpointed.</summary>
    public required IReadOnlyList<RestoreReport> Members { get; init; }

    /// <summary>Milliseconds from the request to all components running.</summary>
    public required double RestoreMs { get; init; }
}
