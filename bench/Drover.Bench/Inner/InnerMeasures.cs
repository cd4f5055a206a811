using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Engines;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Drover.Node.Operations;
using Perfolizer.Horology;

namespace Drover.Bench.Inner;

/// <summary>BenchmarkDotNet in this process, with short jobs.</summary>
internal static class InnerMeasures
{
    private const int Capabilities = 10_000;
    private const double NanosecondsPerMicrosecond = 1000;

    public static async Task<IReadOnlyList<Measure>> RunAsync(BenchContext context, CancellationToken cancel)
    {
        RunRequest herd = new()
        {
            Program = MeasuredPrograms.Meter,
            Name = "meter-herd",
            Arguments = ["herd", $"{Capabilities}"],
            Capabilities = (2 * Capabilities) + 1000,
        };
        ComponentInfo component = await context.Source.RunAsync(herd, cancel).ConfigureAwait(false);
        await context.Source.WaitForLineAsync(component.Name, "herd 1", cancel).ConfigureAwait(false);
        string image = context.Images.Next();
        await context.Source.CheckpointAsync(new CheckpointRequest(component.Name, image, LeaveRunning: false), cancel).ConfigureAwait(false);
        InnerBenchmarks.Image = image;
        string artifacts = context.Images.Next();
        Summary summary = await Task.Run(() => BenchmarkRunner.Run<InnerBenchmarks>(Configuration(context.Options, artifacts)), cancel).ConfigureAwait(false);
        Directory.Delete(image, recursive: true);
        if (Directory.Exists(artifacts))
            Directory.Delete(artifacts, recursive: true);
        return [.. summary.Reports.Select(Convert)];
    }

    private static ManualConfig Configuration(BenchOptions options, string artifacts) => ManualConfig.CreateEmpty()
        .AddJob(Job.Default
            .WithToolchain(InProcessEmitToolchain.Instance)
            .WithWarmupCount(options.Large(5, 3))
            .WithIterationCount(options.Large(15, 5))
            .WithIterationTime(TimeInterval.FromMilliseconds(100)))
        .AddLogger(NullLogger.Instance)
        .AddColumnProvider(DefaultColumnProviders.Instance)
        .WithArtifactsPath(artifacts)
        .WithOptions(ConfigOptions.DisableOptimizationsValidator | ConfigOptions.DisableLogFile);

    private static Measure Convert(BenchmarkReport report)
    {
        string name = report.BenchmarkCase.Descriptor.WorkloadMethodDisplayInfo.Trim('\'');
        double[] figures =
        [
            .. report.AllMeasurements
                .Where(measurement => measurement.Is(IterationMode.Workload, IterationStage.Result))
                .Select(measurement => measurement.Nanoseconds / measurement.Operations / NanosecondsPerMicrosecond),
        ];
        return figures.Length > 0 ? new Measure($"inside a process: {name}", "us", null, figures) : throw new BenchException($"'{name}' could not be measured");
    }
}
