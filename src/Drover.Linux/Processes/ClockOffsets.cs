using System.Globalization;
using Drover.Linux.Native;

namespace Drover.Linux.Processes;

/// <summary>What the machine's clocks showed at a moment, in nanoseconds.</summary>
internal readonly record struct ClockReading(long MonotonicNanoseconds, long BoottimeNanoseconds);

/// <summary>How far a time namespace's clocks are from the machine's, in nanoseconds (time_namespaces(7)).</summary>
internal readonly record struct ClockOffsets(long MonotonicNanoseconds, long BoottimeNanoseconds)
{
    private const int MonotonicClock = 1;
    private const int BoottimeClock = 7;
    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>The node's own offsets, if it lives in a time namespace: all are from the machine's clocks.</summary>
    public static ClockOffsets OfNode { get; } = ReadOwn();

    /// <summary>CLOCK_MONOTONIC of the machine.</summary>
    public static long NodeMonotonic => Read(MonotonicClock) - OfNode.MonotonicNanoseconds;

    /// <summary>CLOCK_BOOTTIME of the machine.</summary>
    public static long NodeBoottime => Read(BoottimeClock) - OfNode.BoottimeNanoseconds;

    /// <summary>The offsets under which the clocks show these values now.</summary>
    public static ClockOffsets ToShow(long monotonicNanoseconds, long boottimeNanoseconds) =>
        new(monotonicNanoseconds - NodeMonotonic, boottimeNanoseconds - NodeBoottime);

    /// <summary>Sets them for the children that the process will have.</summary>
    public void Write(int processId)
    {
        string text = Line("monotonic", MonotonicNanoseconds) + Line("boottime", BoottimeNanoseconds);
        KernelFile.Write($"/proc/{processId}/timens_offsets", text);
    }

    /// <summary>"monotonic  SECONDS  NANOSECONDS", then the same for boottime.</summary>
    private static ClockOffsets ReadOwn()
    {
        ClockOffsets own = default;
        if (!File.Exists("/proc/self/timens_offsets"))
            return own;
        foreach (string line in File.ReadLines("/proc/self/timens_offsets"))
        {
            string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            long offset = long.Parse(fields[1], CultureInfo.InvariantCulture) * NanosecondsPerSecond
                + long.Parse(fields[2], CultureInfo.InvariantCulture);
            own = fields[0] == "monotonic"
                ? own with { MonotonicNanoseconds = offset }
                : own with { BoottimeNanoseconds = offset };
        }
        return own;
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
