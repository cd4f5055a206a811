using Drover.Node;
using Drover.Node.Operations;

namespace Drover.Bench;

/// <summary>Checkpoints of a SheepCounter that runs on and counts every half second: as a program of CoreCLR and as a NativeAOT one.</summary>
internal static class CheckpointMeasures
{
    private const double PauseTargetMs = 4;
    private const double NativePauseTargetMs = 2;

    public static async Task<IReadOnlyList<Measure>> RunAsync(BenchContext context, CancellationToken cancel)
    {
        List<Measure> measures = [.. await RunAsync(context, MeasuredPrograms.SheepCounter, "SheepCounter", PauseTargetMs, cancel).ConfigureAwait(false)];
        if (NativePrograms.Find(NativePrograms.Sheep) is { } program)
            measures.AddRange(await RunAsync(context, program, "SheepCounter (NativeAOT)", NativePauseTargetMs, cancel).ConfigureAwait(false));
        else
            context.Note(NativePrograms.NotBuilt);
        return measures;
    }

    private static async Task<IReadOnlyList<Measure>> RunAsync(
        BenchContext context, string program, string title, double pauseTargetMs, CancellationToken cancel)
    {
        ILocalNode node = context.Source;
        ComponentInfo component = await node.RunAsync(
            new RunRequest { Program = program, Name = "SheepCounter", Arguments = ["500"] }, cancel).ConfigureAwait(false);
        await node.WaitForLineAsync(component.Name, "sheep 2", cancel).ConfigureAwait(false);
        List<CheckpointReport> reports = [];
        for (int i = -context.Options.WarmUps; i < context.Options.Runs; i++)
        {
            string image = context.Images.Next();
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
            new Measure($"pause of {title} for a checkpoint", "ms", pauseTargetMs, [.. reports.Select(report => report.PauseMs)]),
            new Measure($"checkpoint of {title} to its committed image", "ms", null, [.. reports.Select(report => report.TotalMs)]),
            new Measure($"image of {title}", "bytes", null, [.. reports.Select(report => (double)report.Image.Bytes)]),
        ];
    }
}
