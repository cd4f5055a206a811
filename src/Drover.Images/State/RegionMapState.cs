namespace Drover.Images.State;

/// <summary>A region map: what is attached to it stands in <see cref="DomainState.Attachments"/>.</summary>
public sealed record RegionMapState
{
    public required ulong LengthBytes { get; init; }

    /// <summary>The signal context that faults are reported to, or what is left of it (a native capability, or a revoked
    /// object); null if holes give no access.</summary>
    public ObjectId? FaultHandler { get; init; }
}
