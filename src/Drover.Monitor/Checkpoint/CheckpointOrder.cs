using Drover.Images;

namespace Drover.Monitor.Checkpoint;

/// <summary>How a component is to be written into an image.</summary>
/// <param name="Directory">Path of the image.</param>
/// <param name="LeaveRunning">Whether the component runs on.</param>
public sealed record CheckpointOrder(string Directory, bool LeaveRunning)
{
    /// <summary>An image of the same instance that a delta image is to build upon; null for a complete image. Stays the
    /// caller's.</summary>
    public ImageReader? Parent { get; init; }

    /// <summary>Whether most pages are copied while the component runs on.</summary>
    public bool PreCopy { get; init; }

    /// <summary>Whether the image's content is compressed.</summary>
    public bool Compress { get; init; }

    /// <summary>Whether <see cref="CheckpointOutcome.Image"/> is wanted.</summary>
    public bool KeepOpen { get; init; }
}
