using System.Diagnostics;
using Drover.Bench.Criu;
using Drover.Node;
using Drover.Node.Operations;

namespace Drover.Bench;

/// <summary>
/// Restores, on another node, of one image of a component that writes a line every millisecond: until the next line there is
/// up to one millisecond that no restore could avoid. It is left in the figures.
/// </summary>
internal static class RestoreMeasures
{
    private const double SheepTargetMs = 20;
    private const double LazySheepTargetMs = 5;
    private const double LazyLargeTargetMs = 15;

    public static async Task<IReadOnlyList<Measure>> RunAsync(BenchContext context, CancellationToken cancel)
    {
        BenchOptions options = context.Options;
        List<Measure> measures = [];
        ComponentInfo sheep = await context.Source.RunSheepCounterAsync(1, cancel).ConfigureAwait(false);
        await context.Source.WaitForLineAsync(sheep.Name, "sheep 100", cancel).ConfigureAwait(false);
        string image = await MoveToImageAsync(context, sheep.Name, cancel).ConfigureAwait(false);
        IReadOnlyList<double>? criu = await context.CompareAsync(
            criu => CriuMeasures.RestoreAsync(criu, MeasuredPrograms.Flock, FlockOrder.Small, context.Images, options.Runs, cancel)).ConfigureAwait(false);
        Subject subject = new("SheepCounter, eager", "sheep ", image, options.WarmUps, options.Runs) { Criu = criu };
        measures.AddRange(await RestoreAsync(context, subject, SheepTargetMs, cancel).ConfigureAwait(false));
        subject = subject with { Title = "SheepCounter, lazy", IsLazy = true };
        measures.AddRange(await RestoreAsync(context, subject, LazySheepTargetMs, cancel).ConfigureAwait(false));
        Directory.Delete(image, recursive: true);

        FlockOrder order = new(1024, Percent: 0.01, EveryMs: 1);
        ComponentInfo flock = await order.StartAsync(context.Source, "flock", cancel).ConfigureAwait(false);
        await context.Source.WaitForLineAsync(flock.Name, "round 10", cancel).ConfigureAwait(false);
        image = await MoveToImageAsync(context, flock.Name, cancel).ConfigureAwait(false);
        criu = await context.CompareAsync(
            criu => CriuMeasures.RestoreAsync(criu, MeasuredPrograms.Flock, order, context.Images, options.Large(5, 2), cancel)).ConfigureAwait(false);
        subject = new Subject("1 GiB, eager", "round ", image, 1, options.Large(5, 2)) { Criu = criu };
        measures.AddRange(await RestoreAsync(context, subject, null, cancel).ConfigureAwait(false));
        subject = subject with { Title = "1 GiB, lazy", WarmUps = 3, Runs = options.Large(10, 4), IsLazy = true };
        measures.AddRange(await RestoreAsync(context, subject, LazyLargeTargetMs, cancel).ConfigureAwait(false));
        Directory.Delete(image, recursive: true);
        return measures;
    }

    private static async Task<string> MoveToImageAsync(BenchContext context, string name, CancellationToken cancel)
    {
        string image = context.Images.Next();
        await context.Source.CheckpointAsync(new CheckpointRequest(name, image, LeaveRunning: false), cancel).ConfigureAwait(false);
        return image;
    }

    private static async Task<IReadOnlyList<Measure>> RestoreAsync(BenchContext context, Subject subject, double? targetMs, CancellationToken cancel)
    {
        ILocalNode target = context.Target;
        List<double> lines = [];
        List<double> running = [];
        for (int i = -subject.WarmUps; i < subject.Runs; i++)
        {
            long start = Stopwatch.GetTimestamp();
            RestoreReport report = await target.RestoreAsync(new RestoreRequest(subject.Image, Lazy: subject.IsLazy), cancel).ConfigureAwait(false);
            await target.WaitForLineAsync(report.Name, subject.Line, cancel).ConfigureAwait(false);
            double untilLine = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            if (i >= 0)
            {
                lines.Add(untilLine);
                running.Add(report.RestoreMs);
            }

            Pinning.Check(await target.CurrentAsync(report.Name, cancel).ConfigureAwait(false));
            await target.StopAsync(report.Name, cancel).ConfigureAwait(false);
        }

        return
        [
            new Measure($"restore of {subject.Title}, until its next line", "ms", targetMs, lines) { Criu = subject.Criu },
            new Measure($"restore of {subject.Title}, until it runs", "ms", null, running),
        ];
    }

    private sealed record Subject(string Title, string Line, string Image, int WarmUps, int Runs)
    {
        /// <summary>It runs before its memory is there.</summary>
        public bool IsLazy { get; init; }

        /// <summary>What CRIU took for a program of that kind.</summary>
        public IReadOnlyList<double>? Criu { get; init; }
    }
}
