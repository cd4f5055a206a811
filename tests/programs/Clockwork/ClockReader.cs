namespace Clockwork;

/// <summary>Reads the clocks all the time and says twice a second what it saw: where they stand, and the longest step between
/// two readings since the beginning. A clock that goes back ends the component.</summary>
internal static class ClockReader
{
    private const long ReportEvery = 500_000_000;

    public static void Begin() => new Thread(Read) { IsBackground = true, Name = "clocks" }.Start();

    private static void Read()
    {
        long monotonic = Clock.Monotonic();
        long boottime = Clock.Boottime();
        long reported = monotonic;
        long longest = 0;
        while (true)
        {
            Thread.Sleep(1);
            long monotonicNow = Clock.Monotonic();
            long boottimeNow = Clock.Boottime();
            if (monotonicNow < monotonic || boottimeNow < boottime)
                Environment.FailFast($"clocks went from {monotonic} and {boottime} to {monotonicNow} and {boottimeNow}");
            longest = Math.Max(longest, Math.Max(monotonicNow - monotonic, boottimeNow - boottime));
            (monotonic, boottime) = (monotonicNow, boottimeNow);
            if (monotonic - reported < ReportEvery)
                continue;
            reported = monotonic;
            Console.WriteLine($"clocks {Clock.Microseconds(monotonic)} {Clock.Microseconds(boottime)} {Clock.Microseconds(longest)}");
        }
    }
}
