using System.Diagnostics.Metrics;
using Drover.Node.Operations;

namespace Drover.Node.Periodic;

/// <summary>Counts checkpoints and remembers the newest. Also tells whoever listens to the meter "Drover.Node"
/// (System.Diagnostics.Metrics). Thread-safe.</summary>
internal sealed class PeriodicMetrics(string component)
{
    /// <summary>A minute and a half at ten a second.</summary>
    private const int Remembered = 1000;

    private static readonly Meter s_meter = new("Drover.Node");
    private static readonly Histogram<double> s_pauses =
        s_meter.CreateHistogram<double>("drover.checkpoint.pause", "ms", "Time that a component stood still for a checkpoint.");

    private static readonly Histogram<long> s_bytes =
        s_meter.CreateHistogram<long>("drover.checkpoint.image", "By", "Bytes of the image of a checkpoint.");

    private static readonly Counter<long> s_skipped =
        s_meter.CreateCounter<long>("drover.checkpoint.skipped", "{turn}", "Turns that passed while a checkpoint was under way.");

    private static readonly Counter<long> s_failed =
        s_meter.CreateCounter<long>("drover.checkpoint.failed", "{checkpoint}", "Checkpoints that were given up.");

    private readonly KeyValuePair<string, object?> _tag = new("component", component);
    private readonly Lock _lock = new();
    private readonly Queue<PeriodicCheckpoint> _newest = new(); // guarded by _lock
    private long _taken; // guarded by _lock
    private long _failures; // guarded by _lock
    private long _skippedTurns; // guarded by _lock
    private string? _failure; // guarded by _lock

    public void Take(PeriodicCheckpoint checkpoint)
    {
        lock (_lock)
        {
            _taken++;
            _failure = null;
            if (_newest.Count == Remembered)
                _newest.Dequeue();
            _newest.Enqueue(checkpoint);
        }

        s_pauses.Record(checkpoint.PauseMs, _tag);
        s_bytes.Record(checkpoint.Bytes, _tag);
    }

    /// <summary>True if it is another failure than the last, or the first.</summary>
    public bool Fail(string why)
    {
        s_failed.Add(1, _tag);
        lock (_lock)
        {
            bool isNews = _failure != why;
            _failures++;
            _failure = why;
            return isNews;
        }
    }

    public void Skip(long turns)
    {
        if (turns <= 0)
            return;
        s_skipped.Add(turns, _tag);
        lock (_lock)
            _skippedTurns += turns;
    }

    /// <summary>Fills in what this knows.</summary>
    public PeriodicReport Report(string node, PeriodicRequest request, bool isActive, int folds, IReadOnlyList<string> images)
    {
        lock (_lock)
        {
            return new PeriodicReport
            {
                Name = component,
                Node = node,
                Request = request,
                IsActive = isActive,
                Taken = _taken,
                Failed = _failures,
                Skipped = _skippedTurns,
                Folds = folds,
                Failure = _failure,
                Pauses = Summarise([.. _newest.Select(checkpoint => checkpoint.PauseMs).Order()]),
                Images = images,
                Checkpoints = [.. _newest],
            };
        }
    }

    private static PauseSummary? Summarise(double[] ascending) => ascending.Length == 0
        ? null
        : new PauseSummary(ascending.Length, ascending[ascending.Length / 2], ascending[(ascending.Length * 95 / 100)], ascending[^1]);
}
