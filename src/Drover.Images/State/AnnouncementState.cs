namespace Drover.Images.State;

/// <summary>A service that the component offers.</summary>
public sealed record AnnouncementState
{
    public required string Service { get; init; }

    /// <summary>The gate that is asked for sessions.</summary>
    public required ObjectId Root { get; init; }

    /// <summary>Sessions that clients have; after a restore those of absent clients are closed.</summary>
    public required IReadOnlyList<ObjectId> Sessions { get; init; }

    /// <summary>What the clients of these sessions donated: it is part of the domain's quota, and leaves it when the session
    /// of an absent client is closed. Null if nobody donated anything.</summary>
    public IReadOnlyList<DonationState>? Donations { get; init; }
}

/// <summary>Quota that came with a session.</summary>
public sealed record DonationState(ObjectId Session, ulong RamBytes, ulong Capabilities);
