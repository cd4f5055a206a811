using System.Runtime.CompilerServices;

namespace Drover.Monitor.Logging;

/// <summary>
/// The lines a component logged on this node. Bounded: when it is full the oldest lines go, so that a component that
/// talks without end costs the node a fixed amount. Thread-safe.
/// </summary>
public sealed class ComponentLog
{
    /// <summary>Lines that are kept.</summary>
    public const int CapacityLines = 10_000;

    /// <summary>Characters of all lines that are kept.</summary>
    public const int CapacityCharacters = 8 << 20;

    private readonly Lock _lock = new();
    private readonly Queue<LogLine> _lines = new(); // guarded by _lock
    private readonly TimeProvider _time;
    private long _characters; // guarded by _lock
    private long _lastSequence; // guarded by _lock
    private bool _completed; // guarded by _lock
    private TaskCompletionSource _changed = NewSignal(); // guarded by _lock

    public ComponentLog(TimeProvider time)
    {
        _time = time;
    }

    /// <summary>Sequence number of the newest line, 0 if there is none.</summary>
    public long LastSequence
    {
        get
        {
            lock (_lock)
                return _lastSequence;
        }
    }

    public void Append(LogOrigin origin, string text)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            if (_completed)
                return;
            _lines.Enqueue(new LogLine(++_lastSequence, _time.GetUtcNow(), origin, text));
            _characters += text.Length;
            while (_lines.Count > CapacityLines || _characters > CapacityCharacters)
                _characters -= _lines.Dequeue().Text.Length;
            (changed, _changed) = (_changed, NewSignal());
        }

        changed.SetResult();
    }

    /// <summary>No line follows: who waits for one is told.</summary>
    public void Complete()
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            _completed = true;
            (changed, _changed) = (_changed, NewSignal());
        }

        changed.SetResult();
    }

    /// <summary>The lines after a sequence number, oldest first. With <paramref name="follow"/> it goes on until the
    /// log is complete.</summary>
    public async IAsyncEnumerable<LogLine> ReadAsync(
        long afterSequence, bool follow, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        while (true)
        {
            LogLine[] lines;
            bool completed;
            Task changed;
            lock (_lock)
            {
                lines = [.. _lines.SkipWhile(line => line.Sequence <= afterSequence)];
                completed = _completed;
                changed = _changed.Task;
            }

            foreach (LogLine line in lines)
            {
                cancel.ThrowIfCancellationRequested();
                yield return line;
                afterSequence = line.Sequence;
            }

            if (lines.Length > 0)
                continue;
            if (!follow || completed)
                yield break;
            await changed.WaitAsync(cancel).ConfigureAwait(false);
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
