namespace Drover.Images.State;

/// <summary>A managed dataspace: what is attached to it stands in <see cref="DomainState.Attachments"/>.</summary>
public sealed record RegionMapState
{
    public required ulong LengthBytes { get; init; }

    /// <summary>The signal context that faults are reported to, or null.</summary>
    public ObjectId? FaultHandler { get; init; }
}
