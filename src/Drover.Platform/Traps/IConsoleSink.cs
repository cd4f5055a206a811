namespace Drover.Platform.Traps;

public enum ConsoleStream
{
    Output,
    Error,
}

/// <summary>Takes what a component writes to its standard output and error. Called on the process's dispatch thread;
/// must not block.</summary>
public interface IConsoleSink
{
    /// <param name="stream">Which of the two.</param>
    /// <param name="bytes">Part of a stream, cut anywhere; valid during the call only.</param>
    void Write(ConsoleStream stream, ReadOnlySpan<byte> bytes);
}
