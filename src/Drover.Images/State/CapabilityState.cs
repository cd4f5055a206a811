namespace Drover.Images.State;

/// <summary>One slot of the capability space that is taken.</summary>
public sealed record CapabilityState
{
    /// <summary>The slot: from 1 to 2^20 - 1, unique, ascending in the list.</summary>
    public required uint Selector { get; init; }

    public required ObjectId Object { get; init; }

    /// <summary>How often it was delivered and not given back.</summary>
    public required ulong Deliveries { get; init; }

    /// <summary>The object's badge on the node that wrote the image.</summary>
    public required ulong Badge { get; init; }
}
