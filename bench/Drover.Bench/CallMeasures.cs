using System.Globalization;
using Drover.Node;
using Drover.Node.Operations;

namespace Drover.Bench;

/// <summary>What calls cost, measured by the component Meter from inside.</summary>
internal static class CallMeasures
{
    private const double NanosecondsPerMicrosecond = 1000;

    public static async Task<IReadOnlyList<Measure>> RunAsync(BenchContext context, CancellationToken cancel)
    {
        ILocalNode node = context.Source;
        ComponentInfo adder = await node.RunAsync(Request("adder"), cancel).ConfigureAwait(false);
        await node.WaitForLineAsync(adder.Name, "adder ready", cancel).ConfigureAwait(false);
        ComponentInfo meter = await node.RunAsync(Request("measure"), cancel).ConfigureAwait(false);
        Dictionary<string, double[]> measured = [];
        await foreach (LogEntry entry in node.ReadLogAsync(meter.Name, 0, follow: true, cancel).ConfigureAwait(false))
        {
            if (entry.Text.Split(' ') is not ["measured", string name, .. string[] figures])
                continue;
            measured.Add(name, [.. figures.Select(figure => double.Parse(figure, CultureInfo.InvariantCulture))]);
            Pinning.Check(meter);
            Pinning.Check(adder);
        }

        ComponentExit exit = await node.WaitForExitAsync(meter.Name, cancel).ConfigureAwait(false);
        await node.StopAsync(adder.Name, cancel).ConfigureAwait(false);
        if (exit is not { Reason: ExitReason.Exited, Status: 0 })
            throw new BenchException($"the component that measures calls ended with {exit}; it measured {string.Join(", ", measured.Keys)}");
        return
        [
            new Measure("clock read in a component", "ns", null, measured["clock"]),
            Microseconds("trapped call (getcwd, answered by an error)", 4, measured["trap"]),
            Microseconds("trapped call (getcwd, answered into memory)", null, measured["trap-memory"]),
            new Measure("futex wake, arguments filtered", "ns", null, measured["futex"]),
            new Measure("futex_wake, let through by its number", "ns", null, measured["futex-unfiltered"]),
            Microseconds("poll without a timeout, ready", null, measured["poll"]),
            Microseconds("poll with a timeout (noted), ready", null, measured["poll-noted"]),
            Microseconds("RPC to core (quota of the domain)", null, measured["core"]),
            Microseconds("RPC between two components", 10, measured["rpc"]),
            Microseconds("signal, submitted until handled", 6, measured["signal"]),
        ];
    }

    private static Measure Microseconds(string name, double? target, double[] nanoseconds) =>
        new(name, "us", target, [.. nanoseconds.Select(figure => figure / NanosecondsPerMicrosecond)]);

    private static RunRequest Request(string role) => new()
    {
        Program = MeasuredPrograms.Meter,
        Name = $"meter-{role}",
        Arguments = [role],
    };
}
