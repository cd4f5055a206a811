using System.Runtime.InteropServices;

namespace Clockwork;

/// <summary>The clocks of Linux, in nanoseconds.</summary>
internal static partial class Clock
{
    public static long Monotonic() => Read(1);

    public static long Boottime() => Read(7);

    public static long Microseconds(long nanoseconds) => nanoseconds / 1000;

    private static long Read(int clock)
    {
        if (GetTime(clock, out TimeSpecification time) != 0)
            throw new InvalidOperationException($"clock_gettime({clock}) failed");
        return (time.Seconds * 1_000_000_000) + time.Nanoseconds;
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, out TimeSpecification time);
}

/// <summary>struct timespec</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TimeSpecification(long seconds, long nanoseconds)
{
    public long Seconds = seconds;
    public long Nanoseconds = nanoseconds;

    public static TimeSpecification Of(TimeSpan time) =>
        new(time.Ticks / TimeSpan.TicksPerSecond, time.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick);
}
