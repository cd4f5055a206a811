using System.Diagnostics;
using Drover.Bench.Criu;
using Drover.Images;
using Drover.Node;
using Drover.Node.Operations;

namespace Drover.Bench;

/// <summary>Checkpoints of components with 1 GiB of memory, of which 1% is written every 100 ms.</summary>
internal static class MemoryMeasures
{
    private const int MemoryMib = 1024;
    private const int WarmUps = 2;
    private const double CopyTarget = 1.3;
    private const double ForkTargetMs = 15;
    private const double PreCopyTargetMs = 3;
    private const double DataspaceTargetMs = 5;
    private const double DeltaPauseTargetMs = 3;
    private const double DeltaTargetMs = 50;
    private const double DeltaSizeTarget = 1.2;

    public static async Task<IReadOnlyList<Measure>> RunAsync(BenchContext context, CancellationToken cancel)
    {
        ILocalNode node = context.Source;
        List<Measure> measures = [];
        FlockOrder order = new(MemoryMib);
        ComponentInfo flock = await order.StartAsync(node, "flock", cancel).ConfigureAwait(false);
        measures.AddRange(await FullAsync(context, flock.Name, order, cancel).ConfigureAwait(false));
        measures.AddRange(await DeltasAsync(context, flock.Name, order, cancel).ConfigureAwait(false));
        measures.Add(await PausesAsync(context, flock.Name, preCopy: true, "pause, 1 GiB private, pre-copy", PreCopyTargetMs, cancel).ConfigureAwait(false));
        await node.StopAsync(flock.Name, cancel).ConfigureAwait(false);

        order = order with { InDataspace = true };
        flock = await order.StartAsync(node, "flock", cancel).ConfigureAwait(false);
        measures.Add(await PausesAsync(context, flock.Name, preCopy: false, "pause, 1 GiB dataspace, copied while it stands still", null, cancel).ConfigureAwait(false));
        measures.Add(await PausesAsync(context, flock.Name, preCopy: true, "pause, 1 GiB dataspace, pre-copy", DataspaceTargetMs, cancel).ConfigureAwait(false));
        await node.StopAsync(flock.Name, cancel).ConfigureAwait(false);
        return measures;
    }

    /// <summary>Complete images; how long each stops the component.</summary>
    private static async Task<Measure> PausesAsync(
        BenchContext context, string name, bool preCopy, string title, double? targetMs, CancellationToken cancel)
    {
        List<double> pauses = [];
        for (int i = -WarmUps; i < context.Options.Large(8, 3); i++)
        {
            string image = context.Images.Next();
            CheckpointReport report = await context.Source.CheckpointAsync(
                new CheckpointRequest(name, image, LeaveRunning: true, PreCopy: preCopy), cancel).ConfigureAwait(false);
            Directory.Delete(image, recursive: true);
            if (i >= 0)
                pauses.Add(report.PauseMs);
        }

        return new Measure(title, "ms", targetMs, pauses);
    }

    /// <summary>Complete images by fork, each beside cp(1) of its pages.</summary>
    private static async Task<IReadOnlyList<Measure>> FullAsync(BenchContext context, string name, FlockOrder order, CancellationToken cancel)
    {
        List<double> pauses = [];
        List<double> totals = [];
        List<double> copies = [];
        List<double> ratios = [];
        for (int i = -WarmUps; i < context.Options.Large(8, 3); i++)
        {
            string image = context.Images.Next();
            CheckpointReport report = await context.Source.CheckpointAsync(
                new CheckpointRequest(name, image, LeaveRunning: true), cancel).ConfigureAwait(false);
            double copied = await CopyAsync(Path.Combine(image, ImageFormat.PagesFile), cancel).ConfigureAwait(false);
            Directory.Delete(image, recursive: true);
            if (i < 0)
                continue;
            pauses.Add(report.PauseMs);
            totals.Add(report.TotalMs);
            copies.Add(copied);
            ratios.Add(report.TotalMs / copied);
        }

        CriuDumps? criu = await context.CompareAsync(
            criu => CriuMeasures.DumpAsync(criu, MeasuredPrograms.Flock, order, context.Images, context.Options.Large(5, 2), cancel)).ConfigureAwait(false);
        return
        [
            new Measure("pause, 1 GiB private, fork", "ms", ForkTargetMs, pauses) { Criu = criu?.Pauses },
            new Measure("full checkpoint of 1 GiB private to its committed image", "ms", null, totals) { Criu = criu?.Totals },
            new Measure("cp of the pages of that image", "ms", null, copies),
            new Measure("full checkpoint of 1 GiB over cp", "x", CopyTarget, ratios),
        ];
    }

    /// <summary>Milliseconds that cp(1) takes for a file, into the folder in which it lies.</summary>
    private static async Task<double> CopyAsync(string file, CancellationToken cancel)
    {
        long start = Stopwatch.GetTimestamp();
        using Process copy = Process.Start("cp", [file, file + ".copy"]);
        await copy.WaitForExitAsync(cancel).ConfigureAwait(false);
        double copied = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        return copy.ExitCode == 0 ? copied : throw new BenchException($"cp of {file} ended with status {copy.ExitCode}");
    }

    /// <summary>Delta images, each just after the program has written.</summary>
    private static async Task<IReadOnlyList<Measure>> DeltasAsync(BenchContext context, string name, FlockOrder order, CancellationToken cancel)
    {
        string parent = context.Images.Next();
        List<string> images = [parent];
        await context.Source.CheckpointAsync(new CheckpointRequest(name, parent, LeaveRunning: true), cancel).ConfigureAwait(false);
        List<CheckpointReport> reports = [];
        List<double> sizes = [];
        long before = 0;
        int runs = context.Options.Large(20, 7);
        int warmUps = context.Options.Large(10, 4);
        for (int i = -warmUps; i < runs; i++)
        {
            await context.Source.NextLineAsync(name, "round ", cancel).ConfigureAwait(false);
            string image = context.Images.Next();
            images.Add(image);
            CheckpointReport report = await context.Source.CheckpointAsync(
                new CheckpointRequest(name, image, LeaveRunning: true, parent), cancel).ConfigureAwait(false);
            if (i >= 0)
            {
                reports.Add(report);
                int rounds = await context.Source.CountLinesAsync(name, "round ", before, report.LogSequence, cancel).ConfigureAwait(false);
                sizes.Add(report.Image.Bytes / (rounds * order.RoundBytes));
            }

            before = report.LogSequence;
            parent = image;
        }

        foreach (string image in images)
            Directory.Delete(image, recursive: true);
        return
        [
            new Measure("pause for a delta, 1 GiB private at 1% dirty", "ms", DeltaPauseTargetMs, [.. reports.Select(report => report.PauseMs)]),
            new Measure("delta of 1 GiB at 1% dirty to its committed image", "ms", DeltaTargetMs, [.. reports.Select(report => report.TotalMs)]),
            new Measure("bytes of that image over those of the pages written", "x", DeltaSizeTarget, sizes),
        ];
    }
}
