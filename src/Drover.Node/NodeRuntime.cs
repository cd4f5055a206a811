using Drover.Node.Operations;

namespace Drover.Node;

/// <summary>Makes the node of this process.</summary>
public static class NodeRuntime
{
    /// <summary>Puts a node together from the parts for this machine.</summary>
    /// <exception cref="NodeOperationException">The machine lacks what a node needs.</exception>
    public static ILocalNode Create(NodeOptions options) =>
        throw new NodeOperationException(
            NodeErrorCode.Internal, $"The node {options.Name} cannot be put together: its runtime is missing in this build.");
}
