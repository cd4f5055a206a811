using Drover.Component;
using Drover.Component.Signals;

namespace Clockwork;

/// <summary>Timers, judged by the component's own clock.</summary>
internal static class Alarm
{
    private static SessionTimer? s_once;
    private static SessionTimer? s_periodic;

    public static void Begin(Env env, TimeSpan once, TimeSpan period)
    {
        long onceArmed = 0;
        long periodicArmed = 0;
        s_once = env.CreateTimer(() => Console.WriteLine($"once {Clock.Microseconds(Clock.Monotonic() - onceArmed)}"));
        s_periodic = env.CreateTimer(() => Console.WriteLine($"tick {Clock.Microseconds(Clock.Monotonic() - periodicArmed)}"));
        periodicArmed = Clock.Monotonic();
        s_periodic.TriggerPeriodic(period);
        onceArmed = Clock.Monotonic();
        s_once.TriggerOnce(once);
        Console.WriteLine("armed");
    }
}
