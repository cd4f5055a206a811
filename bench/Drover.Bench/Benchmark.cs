using System.Runtime.InteropServices;
using Drover.Node;
using Drover.Node.Operations;

namespace Drover.Bench;

/// <summary>All measures, one after the other, over two nodes of this process.</summary>
internal static class Benchmark
{
    public static async Task<int> RunAsync(BenchOptions options)
    {
        using CancellationTokenSource interrupted = new();
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Cancel);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel);
        string load = Machine.Load();
        try
        {
            IReadOnlyList<Measure> measures = await MeasureAsync(options, interrupted.Token).ConfigureAwait(false);
            Report.Print(measures, options, load);
            return 0;
        }
        catch (OperationCanceledException)
        {
            return 130;
        }
        catch (Exception failure) when (failure is BenchException or NodeOperationException or IOException)
        {
            Console.Error.WriteLine($"drover bench: {failure.Message}");
            if (failure is NodeOperationException { Advice: { } advice })
                Console.Error.WriteLine($"  {advice}");
            return 1;
        }

        void Cancel(PosixSignalContext signal)
        {
            signal.Cancel = true;
            interrupted.Cancel();
        }
    }

    private static async Task<IReadOnlyList<Measure>> MeasureAsync(BenchOptions options, CancellationToken cancel)
    {
        using ImageFolder images = new();
        await using ILocalNode source = NodeRuntime.Create(new NodeOptions("bench-a"));
        await using ILocalNode target = NodeRuntime.Create(new NodeOptions("bench-b"));
        (string Part, Func<Task<IReadOnlyList<Measure>>> Run)[] parts =
        [
            ("calls", () => CallMeasures.RunAsync(source, cancel)),
            ("launch", () => LaunchMeasures.RunAsync(source, options.Runs, cancel)),
            ("checkpoint", () => CheckpointMeasures.RunAsync(source, images, options.Runs, cancel)),
            ("restore", () => RestoreMeasures.RunAsync(source, target, images, options.Runs, cancel)),
            ("capabilities", () => CapabilityMeasures.RunAsync(source, target, images, options.Runs, cancel)),
        ];
        List<Measure> measures = [];
        foreach ((string part, Func<Task<IReadOnlyList<Measure>>> run) in parts.Where(part => options.Only is null || options.Only == part.Part))
        {
            Progress(part);
            measures.AddRange(await run().ConfigureAwait(false));
        }

        return measures;
    }

    private static void Progress(string part) => Console.Error.WriteLine($"drover bench: measuring {part}");
}
