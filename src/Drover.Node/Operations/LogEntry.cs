namespace Drover.Node.Operations;

/// <summary>Where a line of the log came from.</summary>
public enum LogStream
{
    /// <summary>The LOG session, or the component's standard output.</summary>
    Output,

    /// <summary>The component's standard error; unhandled exceptions and their stack trace come here.</summary>
    Error,

    /// <summary>The node, about the component.</summary>
    Node,
}

/// <summary>One line of a component's log on one node.</summary>
/// <param name="Sequence">1 for the first line on this node, then ascending without gaps.</param>
/// <param name="Time">Wall-clock time at which the node got it.</param>
/// <param name="Stream">Where it came from.</param>
/// <param name="Text">The line, without its end.</param>
public sealed record LogEntry(long Sequence, DateTimeOffset Time, LogStream Stream, string Text);
