using System.Text;
using Drover.Platform.Traps;

namespace Drover.Linux.Tests.Processes;

/// <summary>Collects a component's lines and lets a test wait for one.</summary>
internal sealed class ConsoleLines : IConsoleSink
{
    private readonly Lock _lock = new();
    private readonly List<string> _lines = []; // guarded by _lock
    private readonly StringBuilder _partial = new(); // guarded by _lock
    private TaskCompletionSource _changed = NewSignal(); // guarded by _lock

    public string Text
    {
        get
        {
            lock (_lock)
                return string.Join('\n', _lines) + "\n" + _partial;
        }
    }

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lock)
                return [.. _lines];
        }
    }

    public int Count
    {
        get
        {
            lock (_lock)
                return _lines.Count;
        }
    }

    public void Write(ConsoleStream stream, ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
        {
            foreach (char letter in Encoding.UTF8.GetString(bytes))
            {
                if (letter != '\n')
                {
                    _partial.Append(letter);
                    continue;
                }
                _lines.Add(_partial.ToString());
                _partial.Clear();
            }
            _changed.TrySetResult();
            _changed = NewSignal();
        }
    }

    /// <summary>Waits for a line that matches, among those from <paramref name="from"/> on.</summary>
    public async Task<string> WaitFor(Func<string, bool> matches, int from = 0)
    {
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(20));
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                string? line = _lines.Skip(from).FirstOrDefault(matches);
                if (line is not null)
                    return line;
                changed = _changed.Task;
            }
            try
            {
                await changed.WaitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"The line did not come. The component said:\n{Text}");
            }
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
