namespace Drover.Core.Quotas;

/// <summary>A domain is to have more RAM quota than the node has left for its domains.</summary>
public sealed class NodeQuotaException(string domain, ulong wantedBytes, ulong leftBytes, ulong nodeBytes)
    : Exception($"{leftBytes} of {nodeBytes} bytes of memory are left for components on this node, and {domain} is to have {wantedBytes}");
