using System.Globalization;
using Clockwork;
using Drover.Component;
using Drover.Component.Sessions;

// A component that time matters to. `signals` leaves signals unhandled until another one calls it (`release`); `timers ONCE PERIOD`
// has a one-shot and a periodic timer; `waits MILLISECONDS KIND...` waits with a timeout in each way at once; `clocks` reads
// the clocks without end.
return args switch
{
    ["signals"] => Component.Serve(env =>
    {
        Submissions submissions = new(env);
        env.Announce<IRelease>("Submissions", _ => submissions);
        submissions.Begin();
    }),
    ["release"] => Component.Run(env =>
    {
        using Session<IRelease> session = env.OpenSession<IRelease>("Submissions");
        session.Client.Release();
        return 0;
    }),
    ["timers", string once, string period] => Component.Serve(env => Alarm.Begin(env, Milliseconds(once), Milliseconds(period))),
    ["clocks"] => Component.Serve(_ => ClockReader.Begin()),
    ["waits", string each, .. string[] kinds] => Component.Run(_ => Waits.RunAll(Milliseconds(each), kinds)),
    _ => 64,
};

static TimeSpan Milliseconds(string number) => TimeSpan.FromMilliseconds(int.Parse(number, CultureInfo.InvariantCulture));
