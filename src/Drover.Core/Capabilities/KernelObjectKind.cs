namespace Drover.Core.Capabilities;

/// <summary>What a capability can point at.</summary>
public enum KernelObjectKind
{
    /// <summary>An IPC gate whose requests a component serves.</summary>
    Gate = 1,

    /// <summary>A gate whose requests are served inside the node.</summary>
    Service = 2,

    Dataspace = 3,

    SignalSource = 4,

    SignalContext = 5,

    RegionMap = 6,
}
