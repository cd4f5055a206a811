using System.Diagnostics;
using Drover.Images;
using Drover.Images.Series;
using Drover.Monitor;
using Drover.Monitor.Checkpoint;
using Drover.Monitor.Logging;
using Drover.Node.Operations;
using Drover.Platform.Faults;

namespace Drover.Node.Periodic;

/// <summary>
/// Checkpoints one component again and again while it runs. One checkpoint at a time: if it takes longer than the time
/// between two, turns are passed over, never made up for, so that neither work nor images pile up.
/// </summary>
internal sealed class PeriodicCheckpoints : IAsyncDisposable
{
    /// <summary>After failures the turns become rarer, up to this: a full disk is not helped by asking it ten times a second.</summary>
    private static readonly TimeSpan MostPatience = TimeSpan.FromSeconds(10);

    /// <summary>For so long a component that just began may not be ready: the runtime has to start before the base library can
    /// lay out its tables.</summary>
    private static readonly TimeSpan StartUp = TimeSpan.FromSeconds(5);

    private readonly ComponentMonitor _monitor;
    private readonly Func<MonitoredComponent?> _find;
    private readonly PeriodicRequest _request;
    private readonly ImageSeries _series;
    private readonly IDisposable _noted;
    private readonly TimeProvider _time;
    private readonly PeriodicMetrics _metrics;
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _running;
    private volatile IReadOnlyList<string> _kept = [];
    private volatile int _folds;
    private readonly long _began;
    private ulong _incarnation;

    /// <summary>Begins.</summary>
    /// <param name="name">Of the component.</param>
    /// <param name="monitor">Takes the checkpoints.</param>
    /// <param name="find">Gives the component; null while it is being made anew. Once that one has ended, all ends.</param>
    /// <param name="request">How often, and where.</param>
    /// <param name="series">Holds the images; this one's from here on.</param>
    /// <param name="noted">Disposed when nothing is written any more.</param>
    /// <param name="time">Gives the turns.</param>
    public PeriodicCheckpoints(
        string name, ComponentMonitor monitor, Func<MonitoredComponent?> find, PeriodicRequest request, ImageSeries series, IDisposable noted, TimeProvider time)
    {
        _monitor = monitor;
        _find = find;
        _request = request;
        _series = series;
        _noted = noted;
        _time = time;
        _metrics = new PeriodicMetrics(name);
        _began = time.GetTimestamp();
        _running = Task.Run(RunAsync);
    }

    public PeriodicReport Report(string node) =>
        _metrics.Report(node, _request, !_running.IsCompleted, _folds, _kept);

    /// <summary>Returns once nothing is written any more. The images stay.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _ending.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            await TakeTurnsAsync().ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_ending.IsCancellationRequested)
        {
            // The node ends, or the component has been replaced.
        }
        finally
        {
            await EndSeriesAsync().ConfigureAwait(false);
            _noted.Dispose();
        }
    }

    private async Task TakeTurnsAsync()
    {
        TimeSpan every = TimeSpan.FromMilliseconds(_request.EveryMs);
        // It remembers one turn that came while the last was not over, and no more.
        using PeriodicTimer timer = new(every, _time);
        int failures = 0;
        while (await timer.WaitForNextTickAsync(_ending.Token).ConfigureAwait(false))
        {
            if (_find() is not { } component)
                continue;
            if (component.Ended.IsCompleted)
                return;
            long start = _time.GetTimestamp();
            failures = await TryTakeAsync(component).ConfigureAwait(false) ? 0 : failures + 1;
            timer.Period = failures == 0 ? every : Rarer(every, failures);
            _metrics.Skip((long)(_time.GetElapsedTime(start) / every));
        }
    }

    private static TimeSpan Rarer(TimeSpan every, int failures)
    {
        TimeSpan rarer = every * Math.Pow(2, Math.Min(failures, 16));
        return rarer < MostPatience ? rarer : every > MostPatience ? every : MostPatience;
    }

    private async Task<bool> TryTakeAsync(MonitoredComponent component)
    {
        try
        {
            await TakeAsync(component).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (_ending.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception) when (component.Ended.IsCompleted)
        {
            return true;
        }
#pragma warning disable CA1031 // Whatever goes wrong with a checkpoint, the component runs on, and so do its checkpoints.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            NodeOperationException why = Failures.Explain(failure, component.Name);
            // It ended in the middle of the checkpoint, which is learnt before all of it has been given back.
            if (why.Code == NodeErrorCode.ComponentEnded)
                return true;
            if (_series.Newest is null && why.Code == NodeErrorCode.NotCheckpointable && _time.GetElapsedTime(_began) < StartUp)
            {
                _metrics.Skip(1);
                return true;
            }

            if (_metrics.Fail(why.Message))
                component.Log.Append(LogOrigin.Node, $"a periodic checkpoint was given up: {why.Message}");
            return false;
        }
    }

    private async Task TakeAsync(MonitoredComponent component)
    {
        if (component.Incarnation != _incarnation)
        {
            // It was rolled back: what it was then is no parent of what it is now.
            _series.StartAnew();
            _incarnation = component.Incarnation;
        }

        await _series.TidyAsync(_ending.Token).ConfigureAwait(false);
        ImageReader? parent = _series.Newest;
        CheckpointOrder order = new(_series.NextDirectory(), LeaveRunning: true)
        {
            Parent = parent,
            KeepOpen = true,
            // A pre-copy notes what is written from the beginning on, so that the first delta image need not compare.
            PreCopy = parent is null || _request.PreCopy,
        };
        CheckpointOutcome outcome = await _monitor.CheckpointAsync(component, order, _ending.Token).ConfigureAwait(false);
        _series.Add(outcome.Image!);
        _kept = _series.Kept;
        _folds = _series.Folds;
        _metrics.Take(new PeriodicCheckpoint(
            Path.GetFileName(outcome.Directory), _time.GetUtcNow(), parent is not null, outcome.Pause.TotalMilliseconds, outcome.Total.TotalMilliseconds, outcome.Bytes));
    }

    private async Task EndSeriesAsync()
    {
        try
        {
            await _series.CompleteAsync().ConfigureAwait(false);
            _kept = _series.Kept;
        }
        catch (Exception failure) when (failure is ImageStorageException or ImageFormatException or OperationCanceledException)
        {
            // More images than were asked for stay; nothing is lost.
        }

        _series.Dispose();
    }
}
