using Drover.Node;

namespace Drover.Cli.CommandLine;

/// <summary>What a command has of the world around it.</summary>
internal sealed record CommandEnvironment
{
    /// <summary>Data that the user asked for, and nothing else.</summary>
    public required TextWriter Output { get; init; }

    /// <summary>Everything that is said about it.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>Makes a node in this process.</summary>
    public required Func<NodeOptions, ILocalNode> CreateNode { get; init; }

    /// <summary>Columns of the terminal; wide if there is none.</summary>
    public int Columns { get; init; } = 200;

    /// <summary>True if <see cref="Output"/> is a terminal that shows colours.</summary>
    public bool Colours { get; init; }
}
