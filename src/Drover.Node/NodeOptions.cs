using Drover.Core.Capabilities;

namespace Drover.Node;

/// <summary>With what a node is started.</summary>
/// <param name="Name">By which people and other nodes know it.</param>
public sealed record NodeOptions(string Name)
{
    /// <summary>Where badges come from; null for a random sequence of the node's own.</summary>
    public IBadgeSource? Badges { get; init; }
}
