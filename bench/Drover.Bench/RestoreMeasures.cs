using System.Diagnostics;
using Drover.Node;
using Drover.Node.Operations;

namespace Drover.Bench;

/// <summary>
/// Restores, on another node, of one image of a SheepCounter that counts every millisecond: until the next count there is
/// up to one millisecond that no restore could avoid. It is left in the figures.
/// </summary>
internal static class RestoreMeasures
{
    public const int WarmUps = 40;

    public static async Task<IReadOnlyList<Measure>> RunAsync(
        ILocalNode source, ILocalNode target, ImageFolder images, int runs, CancellationToken cancel)
    {
        string image = images.Next();
        ComponentInfo component = await source.RunSheepCounterAsync(1, cancel).ConfigureAwait(false);
        await source.WaitForLineAsync(component.Name, "sheep 100", cancel).ConfigureAwait(false);
        await source.CheckpointAsync(new CheckpointRequest(component.Name, image, LeaveRunning: false), cancel).ConfigureAwait(false);
        List<double> counts = [];
        List<double> running = [];
        for (int i = -WarmUps; i < runs; i++)
        {
            long start = Stopwatch.GetTimestamp();
            RestoreReport report = await target.RestoreAsync(new RestoreRequest(image), cancel).ConfigureAwait(false);
            await target.WaitForLineAsync(report.Name, "sheep ", cancel).ConfigureAwait(false);
            double untilCount = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            if (i >= 0)
            {
                counts.Add(untilCount);
                running.Add(report.RestoreMs);
            }

            Pinning.Check((await target.ListAsync(cancel).ConfigureAwait(false)).Single(known => known.Name == report.Name));
            await target.StopAsync(report.Name, cancel).ConfigureAwait(false);
        }

        return
        [
            new Measure("restore of SheepCounter to its next count", "ms", 40, counts),
            new Measure("restore of SheepCounter until it runs", "ms", null, running),
        ];
    }
}
