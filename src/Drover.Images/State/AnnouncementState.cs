namespace Drover.Images.State;

/// <summary>A service that the component offers.</summary>
public sealed record AnnouncementState
{
    public required string Service { get; init; }

    /// <summary>The gate that is asked for sessions.</summary>
    public required ObjectId Root { get; init; }

    /// <summary>Sessions that clients have; after a restore those of absent clients are closed.</summary>
    public required IReadOnlyList<ObjectId> Sessions { get; init; }
}
