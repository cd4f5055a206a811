namespace Drover.Node.Operations;

/// <summary>Who a node is.</summary>
/// <param name="Name">The name it was started with.</param>
/// <param name="ProcessId">Its process on its machine.</param>
/// <param name="Version">Version of Drover.</param>
/// <param name="StartedAt">Wall-clock time of its start.</param>
public sealed record NodeInfo(string Name, int ProcessId, string Version, DateTimeOffset StartedAt);
