using System.Diagnostics;
using System.Globalization;

namespace Meter;

/// <summary>Measures calls that are shorter than what reading a clock disturbs: many at a time, but not for much longer than
/// half a millisecond, so that most batches are not interrupted by whatever else the machine does.</summary>
internal static class Batches
{
    private const int Measured = 201;
    private const int WarmUpAtLeast = 20;
    private static readonly TimeSpan s_warmUp = TimeSpan.FromMilliseconds(1500);

    /// <summary>Nanoseconds of one call, the mean of each batch, written as one line of the log.</summary>
    /// <param name="name">By which the benchmark knows the measure.</param>
    /// <param name="calls">In one batch.</param>
    /// <param name="batch">Makes that many calls.</param>
    public static void Report(string name, int calls, Action<int> batch) => Report(name, () =>
    {
        long start = Stopwatch.GetTimestamp();
        batch(calls);
        return Stopwatch.GetElapsedTime(start).TotalNanoseconds / calls;
    });

    /// <summary>The same for a batch that measures itself.</summary>
    public static void Report(string name, Func<double> meanNanoseconds)
    {
        // Code is compiled again after a while on both sides of a call; before that it is not what will run for long.
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < WarmUpAtLeast || Stopwatch.GetElapsedTime(start) < s_warmUp; i++)
            meanNanoseconds();
        double[] results = new double[Measured];
        for (int i = 0; i < results.Length; i++)
            results[i] = meanNanoseconds();
        Console.WriteLine($"measured {name} {string.Join(' ', results.Select(result => result.ToString("F1", CultureInfo.InvariantCulture)))}");
    }
}
