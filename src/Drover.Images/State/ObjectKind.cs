namespace Drover.Images.State;

/// <summary>What a kernel object is. Stored by name: never rename one, add at will.</summary>
public enum ObjectKind
{
    Parent,
    PdSession,
    CpuSession,
    RmSession,
    RomSession,
    LogSession,
    TimerSession,

    /// <summary>A session that another component's service serves.</summary>
    ForeignSession,

    /// <summary>The gate of an RPC object of the component's own.</summary>
    Gate,

    Dataspace,

    /// <summary>A region map that is used as a dataspace; who holds it can attach.</summary>
    RegionMap,

    /// <summary>A region map as the dataspace that it is used as.</summary>
    ManagedDataspace,

    SignalSource,
    SignalContext,
    Thread,

    /// <summary>A capability of core's own that fits none of the other kinds.</summary>
    NativeCapability,

    /// <summary>An object that was gone already; its selectors are still taken.</summary>
    Revoked,
}
