using Drover.Node;
using Drover.Node.Operations;

namespace Drover.Bench;

/// <summary>Checkpoints of a SheepCounter that runs on and counts every half second.</summary>
internal static class CheckpointMeasures
{
    /// <summary>After so many all code on the way has been compiled for good.</summary>
    public const int WarmUps = 40;

    public static async Task<IReadOnlyList<Measure>> RunAsync(
        ILocalNode node, ImageFolder images, int runs, CancellationToken cancel)
    {
        ComponentInfo component = await node.RunSheepCounterAsync(500, cancel).ConfigureAwait(false);
        await node.WaitForLineAsync(component.Name, "sheep 2", cancel).ConfigureAwait(false);
        List<CheckpointReport> reports = [];
        for (int i = -WarmUps; i < runs; i++)
        {
            string image = images.Next();
            CheckpointReport report = await node.CheckpointAsync(
                new CheckpointRequest(component.Name, image, LeaveRunning: true), cancel).ConfigureAwait(false);
            if (i >= 0)
                reports.Add(report);
            Directory.Delete(image, recursive: true);
        }

        Pinning.Check(component);
        await node.StopAsync(component.Name, cancel).ConfigureAwait(false);
        return
        [
            new Measure("pause of SheepCounter for a checkpoint", "ms", 25, [.. reports.Select(report => report.PauseMs)]),
            new Measure("checkpoint of SheepCounter to its committed image", "ms", null, [.. reports.Select(report => report.TotalMs)]),
            new Measure("image of SheepCounter", "bytes", null, [.. reports.Select(report => (double)report.Image.Bytes)]),
        ];
    }
}
