using System.Globalization;
using System.Text.RegularExpressions;
using Drover.Node;
using Drover.Node.Operations;

namespace Drover.Cli.Demo;

/// <summary>Reads the logs of the sample components.</summary>
internal static partial class SheepLog
{
    /// <summary>Completes with the first count that is at least <paramref name="minimum"/>.</summary>
    public static async Task<long> FirstCountAsync(
        INodeOperations node, string component, long minimum, CancellationToken cancel)
    {
        await foreach (LogEntry entry in node.ReadLogAsync(component, 0, follow: true, cancel))
        {
            if (CountIn(entry) is { } count && count >= minimum)
                return count;
        }

        throw await EndedEarlyAsync(node, component, "it counted", cancel);
    }

    /// <summary>The last count in the log so far.</summary>
    public static async Task<long> LastCountAsync(INodeOperations node, string component, CancellationToken cancel)
    {
        long? last = null;
        await foreach (LogEntry entry in node.ReadLogAsync(component, 0, follow: false, cancel))
            last = CountIn(entry) ?? last;
        return last ?? throw await EndedEarlyAsync(node, component, "it counted", cancel);
    }

    /// <summary>Calls that a Shepherd made: answered and failed.</summary>
    public static async Task<(long Answered, long Failed)> CallsAsync(
        INodeOperations node, string component, CancellationToken cancel)
    {
        await foreach (LogEntry entry in node.ReadLogAsync(component, 0, follow: true, cancel))
        {
            Match match = Calls().Match(entry.Text);
            if (match.Success)
                return (Number(match.Groups["answered"]), Number(match.Groups["failed"]));
        }

        throw await EndedEarlyAsync(node, component, "it said how many calls were answered", cancel);
    }

    private static long? CountIn(LogEntry entry)
    {
        Match match = Count().Match(entry.Text);
        return entry.Stream == LogStream.Output && match.Success ? Number(match.Groups["count"]) : null;
    }

    private static long Number(Group group) => long.Parse(group.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);

    private static async Task<NodeOperationException> EndedEarlyAsync(
        INodeOperations node, string component, string before, CancellationToken cancel)
    {
        var lines = new List<string>();
        await foreach (LogEntry entry in node.ReadLogAsync(component, 0, follow: false, cancel))
            lines.Add(entry.Text);
        string log = lines.Count == 0 ? "Its log is empty." : "Its log ends with:\n    " + string.Join("\n    ", lines.TakeLast(20));
        return new NodeOperationException(
            NodeErrorCode.ComponentEnded, $"{component} ended before {before}.", log);
    }

    [GeneratedRegex(@"^sheep (?<count>\d+)$")]
    private static partial Regex Count();

    [GeneratedRegex(@"\b(?<answered>\d+) calls answered, (?<failed>\d+) failed\b")]
    private static partial Regex Calls();
}
