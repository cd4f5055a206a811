namespace Drover.Images.State;

/// <summary>
/// One kernel object that the component holds a capability to or that holds up something of it. The part that belongs
/// to the kind is set, the other parts are null.
/// </summary>
public sealed record ObjectState
{
    /// <summary>Unique in the image, not 0.</summary>
    public required ObjectId Id { get; init; }

    public required ObjectKind Kind { get; init; }

    /// <summary>The badge on the node that wrote the image, or 0 if it had none; otherwise unique in the image.</summary>
    public required ulong Badge { get; init; }

    /// <summary>For people; a session's label or the name of a dataspace.</summary>
    public string Label { get; init; } = "";

    /// <summary>Set if and only if the kind is <see cref="ObjectKind.Gate"/>.</summary>
    public GateState? Gate { get; init; }

    /// <summary>Set if and only if the kind is <see cref="ObjectKind.Dataspace"/>.</summary>
    public DataspaceState? Dataspace { get; init; }

    /// <summary>Set if and only if the kind is <see cref="ObjectKind.RegionMap"/>.</summary>
    public RegionMapState? RegionMap { get; init; }

    /// <summary>Set if and only if the kind is <see cref="ObjectKind.ManagedDataspace"/>.</summary>
    public ManagedDataspaceState? ManagedDataspace { get; init; }

    /// <summary>Set if and only if the kind is <see cref="ObjectKind.SignalContext"/>.</summary>
    public SignalContextState? SignalContext { get; init; }

    /// <summary>May be set if the kind is <see cref="ObjectKind.NativeCapability"/>.</summary>
    public ForeignState? Foreign { get; init; }

    /// <summary>May be set if the kind is <see cref="ObjectKind.TimerSession"/>.</summary>
    public TimerState? Timer { get; init; }
}
