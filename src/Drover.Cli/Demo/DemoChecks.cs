using Drover.Node.Operations;

namespace Drover.Cli.Demo;

/// <summary>One thing that has to be so for the demo to be a success.</summary>
internal sealed record DemoCheck(string Claim, bool Holds, string Found);

/// <summary>Decides whether the component really went on.</summary>
internal static class DemoChecks
{
    public static IReadOnlyList<DemoCheck> Of(DemoReport report)
    {
        IReadOnlyList<CapabilityInfo> before = report.Source.Capabilities;
        IReadOnlyList<CapabilityInfo> after = report.Target.Capabilities;
        IReadOnlyList<ulong> shared = [.. before.Select(c => c.Badge).Intersect(after.Select(c => c.Badge))];
        return
        [
            new DemoCheck(
                "the count goes on",
                report.Target.FirstCount == report.Source.LastCount + 1,
                $"{report.Source.LastCount} was the last on {report.Source.Node}, "
                + $"{report.Target.FirstCount} the first on {report.Target.Node}"),
            new DemoCheck(
                "every capability is in its slot",
                before.Count > 0 && before.Select(Place).SequenceEqual(after.Select(Place)),
                Differences(before, after)),
            new DemoCheck(
                "no badge is the old one",
                shared.Count == 0,
                shared.Count == 0 ? $"{after.Count} new ones" : $"{shared.Count} in common, such as {shared[0]:x16}"),
            new DemoCheck(
                "calls are answered on both nodes",
                report.Rpc is { BeforeOnSource: > 0, AfterOnTarget: > 0, Failed: 0 },
                $"{report.Rpc.BeforeOnSource} on {report.Source.Node}, {report.Rpc.AfterOnTarget} on "
                + $"{report.Target.Node}, {report.Rpc.Failed} failed"),
        ];
    }

    private static (uint Selector, string Kind, string Label) Place(CapabilityInfo capability) =>
        (capability.Selector, capability.Kind, capability.Label);

    private static string Differences(IReadOnlyList<CapabilityInfo> before, IReadOnlyList<CapabilityInfo> after)
    {
        IReadOnlyList<uint> changed =
            [.. before.Select(Place).Except(after.Select(Place))
                .Concat(after.Select(Place).Except(before.Select(Place)))
                .Select(place => place.Selector).Distinct().Order()];
        return changed.Count == 0
            ? $"{before.Count} selectors with the same kinds and labels"
            : $"different at selector {string.Join(", ", changed)}";
    }
}
