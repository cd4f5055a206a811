using System.Diagnostics;
using Drover.Platform;
using Drover.Platform.Faults;

namespace Drover.Monitor.Checkpoint;

/// <summary>A component all of whose threads are stopped.</summary>
internal sealed record StoppedComponent(MonitoredComponent Component, IStoppedProcess Process);

/// <summary>
/// Components that stand still together: once it has begun, nothing changes in any of them. Disposing lets them go on,
/// unless they were ended.
/// </summary>
internal sealed class Standstill : IDisposable
{
    private readonly IReadOnlyList<MonitoredComponent> _components;
    private readonly List<StoppedComponent> _stopped = [];
    private readonly TimerHold _timers;
    private long _since;
    private bool _isOver;

    private Standstill(IReadOnlyList<MonitoredComponent> components)
    {
        _components = components;
        _timers = TimerHold.Of(components);
    }

    public IReadOnlyList<StoppedComponent> Members => _stopped;

    /// <summary>Since the first thread was stopped.</summary>
    public TimeSpan Duration => Stopwatch.GetElapsedTime(_since);

    /// <summary>Stops all or none. The caller holds their <see cref="StopTurns"/>.</summary>
    /// <exception cref="TimeoutException">One does not come to a stop; all run on.</exception>
    public static Standstill Begin(IReadOnlyList<MonitoredComponent> components, TimeSpan patience, FaultPoints faults)
    {
        Standstill still = new(components);
        try
        {
            faults.Reach(FaultPoint.CheckpointHoldServices);
            // While all run: the node may be asking one of them on behalf of another.
            foreach (MonitoredComponent component in components)
                component.Domain.HoldServices(patience);
            faults.Reach(FaultPoint.CheckpointStopThreads);
            still._since = Stopwatch.GetTimestamp();
            foreach (MonitoredComponent component in components)
                still._stopped.Add(new StoppedComponent(component, component.Process.Stop(patience)));
            faults.Reach(FaultPoint.CheckpointFinishServing);
            foreach (MonitoredComponent component in components)
                component.Domain.FinishServing(patience);
            still._timers.Add(components);
            return still;
        }
        catch
        {
            still.GoOn();
            throw;
        }
    }

    /// <summary>Lets all go on as if nothing had happened.</summary>
    public void GoOn()
    {
        if (_isOver)
            return;
        _isOver = true;
        _timers.Dispose();
        foreach (MonitoredComponent component in _components)
            component.Domain.GoOn();
        foreach (StoppedComponent stopped in _stopped)
            stopped.Process.Dispose();
    }

    /// <summary>Ends all, since their images are the components from now on.</summary>
    public async Task EndAsync()
    {
        _isOver = true;
        _timers.Dispose();
        await Task.WhenAll(_components.Select(component => component.EndAsync(EndReason.Checkpointed))).ConfigureAwait(false);
        foreach (StoppedComponent stopped in _stopped)
            stopped.Process.Dispose();
    }

    public void Dispose() => GoOn();
}
