namespace Drover.Monitor.Logging;

/// <summary>Where a line came from.</summary>
public enum LogOrigin
{
    /// <summary>Standard output or a LOG session.</summary>
    Output,

    /// <summary>Standard error.</summary>
    Error,

    /// <summary>The node, about the component.</summary>
    Node,
}

/// <summary>One line, without its end.</summary>
/// <param name="Sequence">Ascending from 1 without gaps, on this node.</param>
public readonly record struct LogLine(long Sequence, DateTimeOffset Time, LogOrigin Origin, string Text);
