using System.Text;
using Drover.Contracts.Sessions;

namespace Drover.Core.Services;

/// <summary>
/// Splits text into lines for a sink. A line without an end is kept until its end comes, up to a bound. Control
/// characters are replaced: a component must not steer the terminal that shows its log.
/// </summary>
public sealed class LogSession : ILogSession
{
    public const int MaximumLineLength = 4096;

    private readonly ILogSink _sink;
    private readonly string _label;
    private readonly Lock _lock = new();
    private readonly StringBuilder _partial = new(); // guarded by _lock

    /// <param name="sink">Gets the lines.</param>
    /// <param name="label">The component's name, and the prefix it asked for.</param>
    /// <param name="partialLine">What a session that is restored had kept.</param>
    public LogSession(ILogSink sink, string label, string partialLine = "")
    {
        ArgumentNullException.ThrowIfNull(sink);
        ArgumentNullException.ThrowIfNull(partialLine);
        _sink = sink;
        _label = label;
        _partial.Append(partialLine.AsSpan(0, Math.Min(partialLine.Length, MaximumLineLength - 1)));
    }

    /// <summary>The beginning of a line whose end has not come.</summary>
    public string PartialLine
    {
        get
        {
            lock (_lock)
                return _partial.ToString();
        }
    }

    public void Write(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<string>? lines = null;
        lock (_lock)
        {
            foreach (char character in text)
            {
                if (character == '\r')
                    continue;
                if (character != '\n')
                    _partial.Append(Shown(character));
                if (character == '\n' || _partial.Length == MaximumLineLength)
                    (lines ??= []).Add(TakeLine());
            }
        }

        foreach (string line in lines ?? [])
            _sink.WriteLine(_label, line);
    }

    /// <summary>Writes out a line whose end will not come any more.</summary>
    public void Flush()
    {
        string? line = null;
        lock (_lock)
        {
            if (_partial.Length > 0)
                line = TakeLine();
        }

        if (line is not null)
            _sink.WriteLine(_label, line);
    }

    private static char Shown(char character) => char.IsControl(character) && character != '\t' ? '\ufffd' : character;

    // Under _lock.
    private string TakeLine()
    {
        string line = _partial.ToString();
        _partial.Clear();
        return line;
    }
}
