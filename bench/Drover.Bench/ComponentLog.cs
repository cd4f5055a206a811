using Drover.Node;
using Drover.Node.Operations;

namespace Drover.Bench;

/// <summary>What components write, as the measures need it.</summary>
internal static class ComponentLog
{
    /// <summary>Waits for a line that begins so.</summary>
    /// <param name="after">Sequence number of the last line that does not count.</param>
    public static async Task<string> WaitForLineAsync(
        this ILocalNode node, string name, string beginning, CancellationToken cancel, long after = 0)
    {
        List<string> seen = [];
        await foreach (LogEntry entry in node.ReadLogAsync(name, after, follow: true, cancel).ConfigureAwait(false))
        {
            if (entry.Text.StartsWith(beginning, StringComparison.Ordinal))
                return entry.Text;
            seen.Add(entry.Text);
        }

        throw new BenchException($"{name} ended before it wrote '{beginning}'; it wrote:\n{string.Join('\n', seen.TakeLast(20))}");
    }

    /// <summary>Waits for a line that begins so and is not written yet.</summary>
    public static async Task<string> NextLineAsync(this ILocalNode node, string name, string beginning, CancellationToken cancel) =>
        await node.WaitForLineAsync(name, beginning, cancel, await node.LastSequenceAsync(name, cancel).ConfigureAwait(false)).ConfigureAwait(false);

    /// <summary>Of the newest line, 0 if there is none.</summary>
    public static async Task<long> LastSequenceAsync(this ILocalNode node, string name, CancellationToken cancel)
    {
        long last = 0;
        await foreach (LogEntry entry in node.ReadLogAsync(name, 0, follow: false, cancel).ConfigureAwait(false))
            last = entry.Sequence;
        return last;
    }

    /// <summary>How many lines that begin so lie after one and not after another.</summary>
    public static async Task<int> CountLinesAsync(
        this ILocalNode node, string name, string beginning, long after, long last, CancellationToken cancel)
    {
        int count = 0;
        await foreach (LogEntry entry in node.ReadLogAsync(name, after, follow: false, cancel).ConfigureAwait(false))
        {
            if (entry.Sequence <= last && entry.Text.StartsWith(beginning, StringComparison.Ordinal))
                count++;
        }

        return count;
    }
}
