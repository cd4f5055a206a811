namespace Drover.Node.Operations;

/// <param name="Name">The component.</param>
/// <param name="Directory">Absolute path of the image to make; it must not exist or be empty.</param>
/// <param name="LeaveRunning">Let the component run on afterwards.</param>
/// <param name="Parent">Absolute path of an image of the same instance, for a delta image: one that holds only what was
/// written since. Null for a complete image.</param>
/// <param name="PreCopy">Copy most of the memory while the component runs on, so that it stops for a shorter time.</param>
/// <param name="Compress">Compress the image's content, after the component has been stopped.</param>
public sealed record CheckpointRequest(
    string Name, string Directory, bool LeaveRunning, string? Parent = null, bool PreCopy = false, bool Compress = false);

/// <summary>What came of a checkpoint.</summary>
public sealed record CheckpointReport
{
    public required string Name { get; init; }

    public required string Node { get; init; }

    public required ImageInfo Image { get; init; }

    /// <summary>Milliseconds from the first thread stopped to the component running again, or to the moment it could
    /// have.</summary>
    public required double PauseMs { get; init; }

    /// <summary>Milliseconds from the request to the committed image.</summary>
    public required double TotalMs { get; init; }

    /// <summary>What was copied while the component ran, round by round; null if that was not asked for.</summary>
    public IReadOnlyList<PreCopyRoundInfo>? Rounds { get; init; }

    /// <summary>What the component held at the checkpoint, ascending by selector.</summary>
    public required IReadOnlyList<CapabilityInfo> Capabilities { get; init; }

    /// <summary>Sequence number of the last log entry before the checkpoint, 0 if there was none.</summary>
    public required long LogSequence { get; init; }
}

/// <param name="Path">Absolute path of the image's directory.</param>
/// <param name="Bytes">Bytes of all its files.</param>
public sealed record ImageInfo(string Path, long Bytes);

/// <param name="Bytes">Of the pages that were found written, in the first round of all that were to be copied.</param>
/// <param name="Ms">Milliseconds that it took to find and to copy them.</param>
public sealed record PreCopyRoundInfo(long Bytes, double Ms);
