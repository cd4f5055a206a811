using Drover.Bench.Criu;
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
        Subject sheep = new(MeasuredPrograms.SheepCounter, MeasuredPrograms.Flock, "SheepCounter", PauseTargetMs);
        List<Measure> measures = [.. await RunAsync(context, sheep, cancel).ConfigureAwait(false)];
        if (NativePrograms.Find(NativePrograms.Sheep) is { } program)
        {
            sheep = new Subject(program, NativePrograms.Find(NativePrograms.Flock), "SheepCounter (NativeAOT)", NativePauseTargetMs);
            measures.AddRange(await RunAsync(context, sheep, cancel).ConfigureAwait(false));
        }
        else
            context.Note(NativePrograms.NotBuilt);
        return measures;
    }

    private static async Task<IReadOnlyList<Measure>> RunAsync(BenchContext context, Subject subject, CancellationToken cancel)
    {
        ILocalNode node = context.Source;
        ComponentInfo component = await node.RunAsync(
            new RunRequest { Program = subject.Program, Name = "SheepCounter", Arguments = ["500"] }, cancel).ConfigureAwait(false);
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
        CriuDumps? criu = subject.ForCriu is not { } plain ? null : await context.CompareAsync(
            criu => CriuMeasures.DumpAsync(criu, plain, FlockOrder.Small, context.Images, context.Options.Runs, cancel)).ConfigureAwait(false);
        return
        [
            new Measure($"pause of {subject.Title} for a checkpoint", "ms", subject.PauseTargetMs, [.. reports.Select(report => report.PauseMs)]) { Criu = criu?.Pauses },
            new Measure($"checkpoint of {subject.Title} to its committed image", "ms", null, [.. reports.Select(report => report.TotalMs)]) { Criu = criu?.Totals },
            new Measure($"image of {subject.Title}", "bytes", null, [.. reports.Select(report => (double)report.Image.Bytes)]),
        ];
    }

    /// <param name="ForCriu">The program that CRIU is given in its place; null for none.</param>
    private sealed record Subject(string Program, string? ForCriu, string Title, double PauseTargetMs);
}
