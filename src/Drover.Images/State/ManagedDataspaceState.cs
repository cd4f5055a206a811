namespace Drover.Images.State;

/// <summary>A region map as a dataspace. Each region map of an image has exactly one.</summary>
public sealed record ManagedDataspaceState
{
    public required ObjectId RegionMap { get; init; }
}
