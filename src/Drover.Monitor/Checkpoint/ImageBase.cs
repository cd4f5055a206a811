using Drover.Images;

namespace Drover.Monitor.Checkpoint;

/// <summary>What of an image there is when its component is stopped.</summary>
/// <param name="Parent">What a delta image builds upon, or null. Stays its owner's, until the image has been written.</param>
/// <param name="Dataspaces">The dataspaces for which writes are noted; null if none was noted since the parent.</param>
/// <param name="PreCopy">What was copied beforehand, or null.</param>
internal sealed record ImageBase(ImageReader? Parent, DataspaceRounds? Dataspaces, PreCopy? PreCopy)
{
    public static ImageBase None { get; } = new(null, null, null);

    /// <summary>Whether the engine is asked for what was written, so that the next image can build upon that.</summary>
    public bool IsTracked => Parent is not null || PreCopy is not null;
}
