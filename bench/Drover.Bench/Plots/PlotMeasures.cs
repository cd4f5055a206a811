using Drover.Node;
using Drover.Node.Operations;

namespace Drover.Bench.Plots;

/// <summary>How the pause depends on the memory and on how much of it is written, for each way of taking a checkpoint.</summary>
internal static class PlotMeasures
{
    private const int RateMib = 1024;
    private const double MemoryPercent = 1;
    private static readonly int[] s_sizesMib = [64, 128, 256, 512, 1024, 2048];
    private static readonly double[] s_percents = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20];

    public static async Task<IReadOnlyList<Measure>> RunAsync(BenchContext context, string folder, CancellationToken cancel)
    {
        Directory.CreateDirectory(folder);
        List<Measure> measures = [];
        List<PlotPoint> points = [];
        foreach (int mebibytes in context.Options.IsQuick ? s_sizesMib[..4] : s_sizesMib)
        {
            foreach (Way way in Enum.GetValues<Way>())
            {
                Measure measure = await PausesAsync(context, new FlockOrder(mebibytes, MemoryPercent), way, cancel).ConfigureAwait(false);
                measures.Add(measure);
                points.Add(new PlotPoint(way, mebibytes, measure));
            }
        }

        PausePlot.Write(
            Path.Combine(folder, "pause-over-memory.svg"), "Private memory, of which 1% is written every 100 ms (MiB)", points);
        points.Clear();
        foreach (double percent in context.Options.IsQuick ? s_percents[^3..] : s_percents)
        {
            foreach (Way way in Enum.GetValues<Way>())
            {
                Measure measure = await PausesAsync(context, new FlockOrder(RateMib, percent), way, cancel).ConfigureAwait(false);
                measures.Add(measure);
                points.Add(new PlotPoint(way, percent, measure));
            }
        }

        PausePlot.Write(
            Path.Combine(folder, "pause-over-dirty-rate.svg"), "Part of 1 GiB of private memory that is written every 100 ms (%)", points);
        return measures;
    }

    private static async Task<Measure> PausesAsync(BenchContext context, FlockOrder order, Way way, CancellationToken cancel)
    {
        ILocalNode node = context.Source;
        ComponentInfo flock = await order.StartAsync(node, "flock", cancel).ConfigureAwait(false);
        await node.WaitForLineAsync(flock.Name, "round 2", cancel).ConfigureAwait(false);
        List<double> pauses = [];
        List<string> images = [];
        string? parent = null;
        int warmUps = way == Way.Delta ? 3 : 1;
        for (int i = -warmUps; i < context.Options.Large(5, 3); i++)
        {
            await node.NextLineAsync(flock.Name, "round ", cancel).ConfigureAwait(false);
            string image = context.Images.Next();
            images.Add(image);
            CheckpointReport report = await node.CheckpointAsync(
                new CheckpointRequest(flock.Name, image, LeaveRunning: true, parent, PreCopy: way == Way.PreCopy), cancel).ConfigureAwait(false);
            if (i >= 0)
                pauses.Add(report.PauseMs);
            if (way == Way.Delta)
                parent = image;
            else
                DeleteAll(images);
        }

        await node.StopAsync(flock.Name, cancel).ConfigureAwait(false);
        DeleteAll(images);
        return new Measure($"pause, {order.MemoryMib} MiB, {order.Percent}% written every {order.EveryMs} ms, {PausePlot.TitleOf(way)}", "ms", null, pauses);
    }

    private static void DeleteAll(List<string> images)
    {
        foreach (string image in images)
            Directory.Delete(image, recursive: true);
        images.Clear();
    }
}
