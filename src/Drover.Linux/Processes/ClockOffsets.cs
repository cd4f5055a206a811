using System.Runtime.InteropServices;
using System.Text;
using Drover.Linux.Native;

namespace Drover.Linux.Processes;

/// <summary>What the node's clocks showed at a moment, in nanoseconds.</summary>
internal readonly record struct ClockReading(long MonotonicNanoseconds, long BoottimeNanoseconds);

/// <summary>How far a time namespace's clocks are from the node's, in nanoseconds (time_namespaces(7)).</summary>
internal readonly record struct ClockOffsets(long MonotonicNanoseconds, long BoottimeNanoseconds)
{
    private const int MonotonicClock = 1;
    private const int BoottimeClock = 7;
    private const long NanosecondsPerSecond = 1_000_000_000;

    public static long NodeMonotonic => Read(MonotonicClock);

    public static long NodeBoottime => Read(BoottimeClock);

    /// <summary>The offsets under which the clocks show these values now.</summary>
    public static ClockOffsets ToShow(long monotonicNanoseconds, long boottimeNanoseconds) =>
        new(monotonicNanoseconds - NodeMonotonic, boottimeNanoseconds - NodeBoottime);

    /// <summary>Sets them for the children that the process will have.</summary>
    public unsafe void Write(int processId)
    {
        string text = Line("monotonic", MonotonicNanoseconds) + Line("boottime", BoottimeNanoseconds);
        KernelFile.Write($"/proc/{processId}/timens_offsets", text);
    }

    private static string Line(string clock, long offset)
    {
        (long seconds, long nanoseconds) = Math.DivRem(offset, NanosecondsPerSecond);
        if (nanoseconds < 0)
            (seconds, nanoseconds) = (seconds - 1, nanoseconds + NanosecondsPerSecond);
        return $"{clock} {seconds} {nanoseconds}\n";
    }

    private static long Read(int clock)
    {
        LinuxException.Check(Libc.ClockGetTime(clock, out TimeSpecification time), "clock_gettime");
        return time.Seconds * NanosecondsPerSecond + time.Nanoseconds;
    }
}
