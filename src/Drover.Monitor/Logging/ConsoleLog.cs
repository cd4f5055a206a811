using Drover.Platform.Traps;

namespace Drover.Monitor.Logging;

/// <summary>Puts what a component writes to its standard output and error into its log, line by line.</summary>
internal sealed class ConsoleLog : IConsoleSink
{
    private readonly Lock _lock = new();
    private readonly LineSplitter _output; // guarded by _lock
    private readonly LineSplitter _error; // guarded by _lock

    public ConsoleLog(ComponentLog log)
    {
        _output = new LineSplitter(text => log.Append(LogOrigin.Output, text));
        _error = new LineSplitter(text => log.Append(LogOrigin.Error, text));
    }

    public void Write(ConsoleStream stream, ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
            (stream == ConsoleStream.Output ? _output : _error).Write(bytes);
    }

    public void Flush()
    {
        lock (_lock)
        {
            _output.Flush();
            _error.Flush();
        }
    }
}
