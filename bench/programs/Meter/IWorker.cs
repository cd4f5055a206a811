using Drover.Contracts.Rpc;

namespace Meter;

/// <summary>Services "Worker 1", "Worker 2", ...: so much work that it pays to serve several calls at a time.</summary>
[RpcInterface]
public interface IWorker
{
    /// <summary>Computes for that many steps, about a nanosecond each.</summary>
    ulong Work(uint steps);
}
