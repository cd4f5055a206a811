using Drover.Images.State;
using Drover.Platform.State;

namespace Drover.Images;

/// <summary>Everything in an image but the content of memory.</summary>
/// <remarks>Adding an optional property (one with a default) keeps old images readable and needs nothing else; a reader
/// that does not know it refuses the image rather than lose it. Any other change needs a new
/// <see cref="ImageFormat.Version"/>.</remarks>
public sealed record ImageManifest
{
    public required DateTimeOffset Created { get; init; }

    /// <summary>Name of the node that wrote the image.</summary>
    public required string NodeName { get; init; }

    public required string ComponentName { get; init; }

    /// <summary>Tells this content from any other; one merged from a chain has that of the chain's last image. Null in images
    /// that cannot be the parent of a delta image.</summary>
    public Guid? ImageId { get; init; }

    /// <summary>What a delta image continues; null for one that is complete by itself.</summary>
    public ParentImage? Parent { get; init; }

    /// <summary>How the content files are compressed; null if they are not.</summary>
    public CompressionState? Compression { get; init; }

    /// <summary>Of the instance that was checkpointed.</summary>
    public required ulong Incarnation { get; init; }

    /// <summary>True if the component ran on after the checkpoint; false if it was ended by it, so that its image is the only
    /// one to go on. Null if that was not recorded.</summary>
    public bool? LeftRunning { get; init; }

    public required CpuRequirements Cpu { get; init; }

    public required ProcessState Process { get; init; }

    public required DomainState Domain { get; init; }

    public required IReadOnlyList<SessionState> Sessions { get; init; }

    /// <summary>The services that the component offers.</summary>
    public required IReadOnlyList<AnnouncementState> Announcements { get; init; }

    public required LaunchState Launch { get; init; }
}
