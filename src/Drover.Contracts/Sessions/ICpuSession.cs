using Drover.Contracts.Rpc;

namespace Drover.Contracts.Sessions;

/// <summary>The component's threads. Well-known selector 3.</summary>
[RpcInterface]
public interface ICpuSession
{
    /// <summary>Threads of the component that are known to core.</summary>
    uint KnownThreads();

    /// <summary>CPUs that the component may run on.</summary>
    uint Processors();
}
