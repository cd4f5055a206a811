using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Flock;

/// <summary>Computes without a break, as much each time, and says how many nanoseconds that took.</summary>
internal static class Work
{
    private const int Units = 200;
    private const int Steps = 100_000;

    public static void Forever(Dirtying dirtying)
    {
        ulong state = 1;
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            for (int unit = 0; unit < Units; unit++)
            {
                state = Compute(state);
                dirtying.IfDue();
            }

            long end = Stopwatch.GetTimestamp();
            Console.WriteLine($"work {(long)Stopwatch.GetElapsedTime(start, end).TotalNanoseconds} {state}");
            start = end;
        }
    }

    // Compiled well at once: what is measured is not the compiler.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static ulong Compute(ulong state)
    {
        for (int i = 0; i < Steps; i++)
            state = (ulong.RotateLeft(state, 5) ^ (ulong)i) * 0x9E37_79B9_7F4A_7C15;
        return state;
    }
}
