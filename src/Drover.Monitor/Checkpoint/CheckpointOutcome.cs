using Drover.Images;

namespace Drover.Monitor.Checkpoint;

/// <summary>What came of a checkpoint.</summary>
/// <param name="Manifest">What the image says.</param>
/// <param name="Directory">Absolute path of the image.</param>
/// <param name="Bytes">Of all files of the image.</param>
/// <param name="Pause">From the first thread stopped until the component ran again, or could have.</param>
/// <param name="Total">From the request to the committed image.</param>
/// <param name="LogSequence">Of the last line that was logged before.</param>
public sealed record CheckpointOutcome(
    ImageManifest Manifest, string Directory, long Bytes, TimeSpan Pause, TimeSpan Total, long LogSequence)
{
    /// <summary>The image, open, if the order says so; the caller's then.</summary>
    public ImageReader? Image { get; init; }

    /// <summary>What was copied before the stop; null if that was not asked for.</summary>
    public IReadOnlyList<PreCopyRound>? Rounds { get; init; }
}

/// <summary>What came of a checkpoint of several components.</summary>
/// <param name="Members">In the order of the request; the pause is the same for all.</param>
/// <param name="Bytes">Of all files of the image.</param>
/// <param name="Total">From the request to the committed image.</param>
public sealed record GroupOutcome(IReadOnlyList<CheckpointOutcome> Members, long Bytes, TimeSpan Total);
