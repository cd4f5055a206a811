using Drover.Monitor.Interception;

namespace Drover.Monitor.Checkpoint;

/// <summary>
/// Keeps expiries of components' timers back until disposed. To be taken before the components are stopped: an expiry
/// behind the stop would come before its time by the component's clocks, which are recorded as of the stop, and one
/// between the descriptions of timer and signal context would be in neither.
/// </summary>
internal sealed class TimerHold : IDisposable
{
    private readonly HashSet<InterceptedTimerSession> _timers = [];

    private TimerHold()
    {
    }

    public static TimerHold Of(IEnumerable<MonitoredComponent> components)
    {
        TimerHold hold = new();
        hold.Add(components);
        return hold;
    }

    /// <summary>Holds back also what was opened since.</summary>
    public void Add(IEnumerable<MonitoredComponent> components)
    {
        foreach (MonitoredComponent component in components)
        {
            foreach (InterceptedTimerSession timer in component.Sessions.All.Select(open => open.Session).OfType<InterceptedTimerSession>())
            {
                if (_timers.Add(timer))
                    timer.HoldBack();
            }
        }
    }

    public void Dispose()
    {
        foreach (InterceptedTimerSession timer in _timers)
            timer.LetGo();
    }
}
