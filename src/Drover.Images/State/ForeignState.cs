namespace Drover.Images.State;

/// <summary>What an object of another component is. Stored by name: never rename one, add at will.</summary>
public enum ForeignKind
{
    /// <summary>A session to a service inside the node.</summary>
    Service,

    /// <summary>An RPC object.</summary>
    Gate,

    Dataspace,
    RegionMap,
    SignalSource,
    SignalContext,
}

/// <summary>An object of another component. If that component was checkpointed in the same group, the one of its objects
/// with the same badge is meant; else the object stays behind.</summary>
public sealed record ForeignState
{
    public required ForeignKind Kind { get; init; }
}
