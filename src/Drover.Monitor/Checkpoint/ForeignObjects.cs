using Drover.Contracts.Abi;
using Drover.Core.Capabilities;
using Drover.Images.State;

namespace Drover.Monitor.Checkpoint;

/// <summary>What an image calls objects that other components own.</summary>
internal static class ForeignObjects
{
    /// <summary>The slots of what each component has from its first instruction on; nothing else is ever put there.</summary>
    public static IReadOnlyList<uint> WellKnown { get; } =
        [WellKnownSelectors.Parent, WellKnownSelectors.Pd, WellKnownSelectors.Cpu, WellKnownSelectors.Rm];

    public static ForeignKind KindOf(KernelObjectKind kind) => kind switch
    {
        KernelObjectKind.Gate => ForeignKind.Gate,
        KernelObjectKind.Dataspace => ForeignKind.Dataspace,
        KernelObjectKind.RegionMap => ForeignKind.RegionMap,
        KernelObjectKind.SignalSource => ForeignKind.SignalSource,
        KernelObjectKind.SignalContext => ForeignKind.SignalContext,
        _ => ForeignKind.Service,
    };

    public static KernelObjectKind KindOf(ForeignKind kind) => kind switch
    {
        ForeignKind.Gate => KernelObjectKind.Gate,
        ForeignKind.Dataspace => KernelObjectKind.Dataspace,
        ForeignKind.RegionMap => KernelObjectKind.RegionMap,
        ForeignKind.SignalSource => KernelObjectKind.SignalSource,
        ForeignKind.SignalContext => KernelObjectKind.SignalContext,
        _ => KernelObjectKind.Service,
    };
}
