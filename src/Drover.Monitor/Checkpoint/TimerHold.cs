using Drover.Monitor.Interception;

namespace Drover.Monitor.Checkpoint;

/// <summary>Keeps expiries of components' timers back until disposed: one between the description of its context and that
/// of its timer would be in neither.</summary>
internal sealed class TimerHold : IDisposable
{
    private readonly List<InterceptedTimerSession> _timers = [];

    private TimerHold()
    {
    }

    public static TimerHold Of(IEnumerable<MonitoredComponent> components)
    {
        TimerHold hold = new();
        foreach (MonitoredComponent component in components)
        {
            foreach (InterceptedTimerSession timer in component.Sessions.All.Select(open => open.Session).OfType<InterceptedTimerSession>())
            {
                timer.HoldBack();
                hold._timers.Add(timer);
            }
        }

        return hold;
    }

    public void Dispose() => _timers.ForEach(timer => timer.LetGo());
}
