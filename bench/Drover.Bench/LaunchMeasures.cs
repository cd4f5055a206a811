using System.Diagnostics;
using Drover.Node.Operations;

namespace Drover.Bench;

/// <summary>A start, for comparison with a restore.</summary>
internal static class LaunchMeasures
{
    private const int WarmUps = 2;
    private const int RunsAtMost = 10;

    public static async Task<IReadOnlyList<Measure>> RunAsync(BenchContext context, CancellationToken cancel)
    {
        double[] figures = new double[Math.Min(context.Options.Runs, RunsAtMost)];
        for (int i = -WarmUps; i < figures.Length; i++)
        {
            long start = Stopwatch.GetTimestamp();
            ComponentInfo component = await context.Source.RunSheepCounterAsync(500, cancel).ConfigureAwait(false);
            await context.Source.WaitForLineAsync(component.Name, "sheep counter constructed", cancel).ConfigureAwait(false);
            if (i >= 0)
                figures[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            Pinning.Check(component);
            await context.Source.StopAsync(component.Name, cancel).ConfigureAwait(false);
        }

        return [new Measure("launch of SheepCounter to its first line", "ms", null, figures)];
    }
}
