using Drover.Contracts.Rpc;
using Drover.Core.Capabilities;

namespace Drover.Core.Services;

/// <summary>What a capability that came as an argument points at.</summary>
internal static class CapabilityArguments
{
    /// <summary>Null if it points at an object of another kind.</summary>
    public static T? ObjectAs<T>(CapabilityOwner owner)
        where T : KernelObject => (owner as KernelCapability)?.Object as T;
}
