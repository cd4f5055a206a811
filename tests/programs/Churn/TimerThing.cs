using Drover.Component;
using Drover.Component.Signals;

namespace Churn;

/// <summary>A timer session whose timer is armed.</summary>
internal sealed class TimerThing : Thing
{
    private readonly SessionTimer _timer;
    private TimeSpan _elapsed;
    private int _expired;
    private int _seen;

    public TimerThing(Env env)
    {
        _timer = env.CreateTimer(() => Interlocked.Increment(ref _expired));
        _timer.TriggerPeriodic(TimeSpan.FromMilliseconds(20));
    }

    public override void Check()
    {
        TimeSpan elapsed = _timer.Elapsed;
        Expect("timer that goes on", true, elapsed >= _elapsed);
        _elapsed = elapsed;
        SpinWait.SpinUntil(() => Volatile.Read(ref _expired) > _seen, TimeSpan.FromSeconds(60));
        Expect("timer that expires", true, _expired > _seen);
        _seen = _expired;
    }

    public override void Dispose() => _timer.Dispose();
}
