using Drover.Node;
using Drover.Node.Operations;

namespace Drover.Bench;

/// <summary>
/// How much longer a fixed amount of computing takes. Component and node share one processor, so that all that the node does for
/// a checkpoint is taken from the component. With and without are measured by turns.
/// </summary>
internal static class SlowdownMeasures
{
    private const int SmallMib = 4;
    private const int LargeMib = 1024;
    private const double EveryMs = 100;
    private const int KeepAll = 100;
    private const int KeepFew = 5;
    private const int CheckpointsFirst = 5;
    private const double MissedTurns = 1.3;

    public static async Task<IReadOnlyList<Measure>> RunAsync(BenchContext context, CancellationToken cancel)
    {
        FlockOrder small = new(SmallMib, IsBusy: true);
        FlockOrder large = new(LargeMib, IsBusy: true);
        int pairs = context.Options.Large(5, 2);
        int largePairs = context.Options.Large(3, 1);
        return
        [
            await CompareAsync(
                "slow-down by running under Drover, no checkpoint taken", 1, pairs,
                () => PlainWork.RunAsync(context.Options, small, cancel), () => InsideAsync(context, small, null, cancel)).ConfigureAwait(false),
            await CompareAsync(
                "slow-down by a checkpoint every 100 ms, small component", 8, pairs,
                () => InsideAsync(context, small, null, cancel), () => InsideAsync(context, small, KeepFew, cancel)).ConfigureAwait(false),
            await CompareAsync(
                "slow-down by a checkpoint every 100 ms, 1 GiB at 1% dirty", null, largePairs,
                () => InsideAsync(context, large, null, cancel), () => InsideAsync(context, large, KeepAll, cancel)).ConfigureAwait(false),
            await CompareAsync(
                "slow-down by a pre-copy checkpoint every 100 ms, 1 GiB at 1% dirty", 20, largePairs,
                () => InsideAsync(context, large, null, cancel), () => InsideAsync(context, large, KeepAll, cancel, preCopy: true)).ConfigureAwait(false),
        ];
    }

    private static async Task<Measure> CompareAsync(string name, double? target, int pairs, Func<Task<double>> without, Func<Task<double>> with)
    {
        List<double> figures = [];
        for (int i = 0; i < pairs; i++)
        {
            double before = await without().ConfigureAwait(false);
            figures.Add(((await with().ConfigureAwait(false) / before) - 1) * 100);
        }

        return new Measure(name, "%", target, figures);
    }

    /// <summary>Nanoseconds of one portion of work as a component.</summary>
    /// <param name="keep">Images to keep of checkpoints that are taken every 100 ms; null for no checkpoints.</param>
    /// <param name="preCopy">Whether those are taken by pre-copy.</param>
    private static async Task<double> InsideAsync(BenchContext context, FlockOrder order, int? keep, CancellationToken cancel, bool preCopy = false)
    {
        ILocalNode node = context.Source;
        string images = context.Images.Next();
        RunRequest request = order.Request("flock") with
        {
            Checkpoints = keep is { } kept ? new PeriodicRequest(images, EveryMs, kept, preCopy) : null,
        };
        ComponentInfo component = await node.RunAsync(request, cancel).ConfigureAwait(false);
        await node.WaitForLineAsync(component.Name, "work ", cancel).ConfigureAwait(false);
        Pinning.Check(component);
        long taken = await WaitForCheckpointsAsync(node, component.Name, keep, cancel).ConfigureAwait(false);
        PlainWork.Portions portions = await PortionsAsync(context, component.Name, cancel).ConfigureAwait(false);
        if (keep is not null)
        {
            PeriodicReport report = await node.ListCheckpointsAsync(component.Name, cancel).ConfigureAwait(false);
            if (report.Failure is { } failure)
                throw new BenchException($"a checkpoint of those taken every {EveryMs} ms was given up: {failure}");
            NoteTurns(context, order, report.Taken - taken, portions.Elapsed);
        }

        await node.StopAsync(component.Name, cancel).ConfigureAwait(false);
        if (Directory.Exists(images))
            Directory.Delete(images, recursive: true);
        return portions.MeanNanoseconds;
    }

    private static async Task<PlainWork.Portions> PortionsAsync(BenchContext context, string name, CancellationToken cancel)
    {
        PlainWork.Portions portions = new(context.Options);
        long last = await context.Source.LastSequenceAsync(name, cancel).ConfigureAwait(false);
        await foreach (LogEntry entry in context.Source.ReadLogAsync(name, last, follow: true, cancel).ConfigureAwait(false))
        {
            if (portions.Add(entry.Text))
                return portions;
        }

        throw new BenchException($"{name} ended before it had done its work");
    }

    /// <summary>Until the checkpoints follow one upon the other. Gives how many were taken.</summary>
    private static async Task<long> WaitForCheckpointsAsync(ILocalNode node, string name, int? keep, CancellationToken cancel)
    {
        if (keep is null)
            return 0;
        PeriodicReport report;
        while ((report = await node.ListCheckpointsAsync(name, cancel).ConfigureAwait(false)).Taken < CheckpointsFirst)
            await node.NextLineAsync(name, "work ", cancel).ConfigureAwait(false);
        return report.Taken;
    }

    private static void NoteTurns(BenchContext context, FlockOrder order, long taken, TimeSpan elapsed)
    {
        double each = elapsed.TotalMilliseconds / Math.Max(1, taken);
        if (each > EveryMs * MissedTurns)
            context.Note($"Of the checkpoints every {EveryMs} ms of a component of {order.MemoryMib} MiB turns were left out: there was one every {each:F0} ms.");
    }
}
