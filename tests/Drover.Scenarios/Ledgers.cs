using System.Text.RegularExpressions;
using Drover.Node;
using Drover.Node.Operations;

namespace Drover.Scenarios;

/// <summary>Components that keep books and add them up in rounds.</summary>
internal static partial class Ledgers
{
    private const string Name = "Ledger";

    /// <summary>Starts one and waits for its first round.</summary>
    public static async Task StartAsync(INodeOperations node, int pages, int bookings, int pauseMs)
    {
        await node.RunAsync(new RunRequest { Program = Programs.Ledger, Arguments = [$"{pages}", $"{bookings}", $"{pauseMs}"] }, Ecus.Soon);
        await node.WaitForLineAsync(Name, IsRound);
    }

    public static async Task<string> LastRoundAsync(ILocalNode node, long upToSequence) =>
        (await node.LogAsync(Name)).Last(entry => entry.Sequence <= upToSequence && IsRound(entry.Text)).Text;

    /// <summary>Its next round is the one behind the last, and it found its books in order.</summary>
    public static async Task GoesOnFromAsync(ILocalNode node, string last)
    {
        LogEntry next = await node.WaitForLineAsync(Name, line => IsRound(line) || line.StartsWith("fault", StringComparison.Ordinal));
        Assert.Equal(Number(last) + 1, Number(next.Text));
        await node.WaitForLineAsync(Name, line => IsRound(line) && Number(line) == Number(last) + 5);
    }

    public static bool IsRound(string line) => Round().IsMatch(line);

    private static long Number(string line) => long.Parse(Round().Match(line).Groups[1].Value);

    [GeneratedRegex("^round ([0-9]+) adds up")]
    private static partial Regex Round();
}
