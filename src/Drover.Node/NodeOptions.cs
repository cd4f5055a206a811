namespace Drover.Node;

/// <summary>With what a node is started.</summary>
/// <param name="Name">By which people and other nodes know it.</param>
public sealed record NodeOptions(string Name);
