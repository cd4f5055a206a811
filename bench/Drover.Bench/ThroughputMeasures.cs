using System.Globalization;
using Drover.Node;
using Drover.Node.Operations;

namespace Drover.Bench;

/// <summary>What serving with several threads gains, measured by the component Meter. Needs all processors.</summary>
internal static class ThroughputMeasures
{
    private const string Prefix = "serving-";
    private const double NanosecondsPerMicrosecond = 1000;

    public static async Task<IReadOnlyList<Measure>> RunAsync(BenchContext context, CancellationToken cancel)
    {
        ILocalNode node = context.Source;
        ComponentInfo workers = await node.RunAsync(Request("workers"), cancel).ConfigureAwait(false);
        await node.WaitForLineAsync(workers.Name, "workers ready", cancel).ConfigureAwait(false);
        ComponentInfo callers = await node.RunAsync(Request("throughput"), cancel).ConfigureAwait(false);
        List<Measure> measures = [];
        await foreach (LogEntry entry in node.ReadLogAsync(callers.Name, 0, follow: true, cancel).ConfigureAwait(false))
        {
            if (entry.Text.Split(' ') is ["measured", string name, .. string[] figures] && name.StartsWith(Prefix, StringComparison.Ordinal))
                measures.Add(new Measure($"call with 200,000 steps of work, 4 threads calling, {name[Prefix.Length..]} serving", "us", null,
                    [.. figures.Select(figure => double.Parse(figure, CultureInfo.InvariantCulture) / NanosecondsPerMicrosecond)]));
        }

        ComponentExit exit = await node.WaitForExitAsync(callers.Name, cancel).ConfigureAwait(false);
        await node.StopAsync(workers.Name, cancel).ConfigureAwait(false);
        return exit is { Reason: ExitReason.Exited, Status: 0 }
            ? measures
            : throw new BenchException($"the component that measures throughput ended with {exit}");
    }

    private static RunRequest Request(string role) => new()
    {
        Program = MeasuredPrograms.Meter,
        Name = $"meter-{role}",
        Arguments = [role],
    };
}
