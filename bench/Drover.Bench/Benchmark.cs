using System.Runtime.InteropServices;
using Drover.Bench.Criu;
using Drover.Bench.Inner;
using Drover.Bench.Plots;
using Drover.Node;
using Drover.Node.Operations;

namespace Drover.Bench;

/// <summary>All measures, one after the other, over two nodes of this process.</summary>
internal static class Benchmark
{
    private const string Failed = "NOT MEASURED:";

    private static readonly (string Group, Func<BenchContext, CancellationToken, Task<IReadOnlyList<Measure>>> Run)[] s_groups =
    [
        ("calls", CallMeasures.RunAsync),
        ("launch", LaunchMeasures.RunAsync),
        ("checkpoints", CheckpointMeasures.RunAsync),
        ("memory", MemoryMeasures.RunAsync),
        ("restores", RestoreMeasures.RunAsync),
        ("snapshots", SnapshotMeasures.RunAsync),
        ("slowdown", SlowdownMeasures.RunAsync),
        ("capabilities", CapabilityMeasures.RunAsync),
        ("inner", InnerMeasures.RunAsync),
        (BenchOptions.Throughput, ThroughputMeasures.RunAsync),
    ];

    public static async Task<int> RunAsync(BenchOptions options)
    {
        using CancellationTokenSource interrupted = new();
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Cancel);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel);
        string load = Machine.Load();
        try
        {
            List<string> notes = [];
            IReadOnlyList<Measure> measures = await MeasureAsync(options, notes, interrupted.Token).ConfigureAwait(false);
            new Report(measures, notes, load).Publish(options);
            return notes.Any(IsFailure) ? 1 : 0;
        }
        catch (OperationCanceledException)
        {
            return 130;
        }
        catch (Exception failure) when (IsExpected(failure))
        {
            Console.Error.WriteLine($"drover bench: {failure.Message}");
            return 1;
        }

        void Cancel(PosixSignalContext signal)
        {
            signal.Cancel = true;
            interrupted.Cancel();
        }
    }

    private static async Task<IReadOnlyList<Measure>> MeasureAsync(BenchOptions options, List<string> notes, CancellationToken cancel)
    {
        using ImageFolder images = new();
        await using ILocalNode source = NodeRuntime.Create(new NodeOptions("bench-a"));
        await using ILocalNode target = NodeRuntime.Create(new NodeOptions("bench-b"));
        CriuProgram criu = await CriuProgram.FindAsync(Environment.GetEnvironmentVariable("PATH") ?? "", cancel).ConfigureAwait(false);
        BenchContext context = new(options, source, target, images, notes) { Criu = criu };
        context.Note(criu.Verdict);
        List<Measure> measures = [];
        IEnumerable<(string Group, Func<BenchContext, CancellationToken, Task<IReadOnlyList<Measure>>> Run)> groups =
            s_groups.Where(known => options.Includes(known.Group));
        if (options.Plots is { } folder)
            groups = groups.Append(("plots", (context, cancel) => PlotMeasures.RunAsync(context, folder, cancel)));
        foreach ((string group, Func<BenchContext, CancellationToken, Task<IReadOnlyList<Measure>>> run) in groups)
        {
            Progress(group);
            try
            {
                measures.AddRange(await run(context, cancel).ConfigureAwait(false));
            }
            catch (Exception failure) when (IsExpected(failure))
            {
                // The other groups can still be measured.
                context.Note($"{Failed} {group}: {failure.Message}{(failure is NodeOperationException { Advice: { } advice } ? $" {advice}" : "")}");
                Console.Error.WriteLine($"drover bench: {notes[^1]}");
                await StopAllAsync(context, cancel).ConfigureAwait(false);
            }
        }

        return measures;
    }

    private static bool IsExpected(Exception failure) => failure is BenchException or NodeOperationException or IOException;

    private static bool IsFailure(string note) => note.StartsWith(Failed, StringComparison.Ordinal);

    /// <summary>What a failed group left.</summary>
    private static async Task StopAllAsync(BenchContext context, CancellationToken cancel)
    {
        foreach (ILocalNode node in (ILocalNode[])[context.Source, context.Target])
        {
            foreach (ComponentInfo left in await node.ListAsync(cancel).ConfigureAwait(false))
                await node.StopAsync(left.Name, cancel).ConfigureAwait(false);
        }
    }

    private static void Progress(string group) => Console.Error.WriteLine($"drover bench: measuring {group}");
}
