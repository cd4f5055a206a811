using System.Text.RegularExpressions;
using Drover.Node;
using Drover.Node.Operations;

namespace Drover.Scenarios;

/// <summary>What one calling thread and its server say of the calls between them.</summary>
internal sealed partial record RushThread(ulong Made, ulong Restored, ulong Wrong, ulong Executed, ulong First, ulong Last, ulong Lost, ulong Doubled)
{
    public static RushThread? Parse(string line)
    {
        Match match = Line().Match(line);
        if (!match.Success)
            return null;
        ulong[] numbers = [.. match.Groups.Values.Skip(1).Select(group => ulong.Parse(group.Value))];
        return new(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5], numbers[6], numbers[7]);
    }

    [GeneratedRegex(@"^thread \d+: made (\d+) restored (\d+) wrong (\d+) executed (\d+) first (\d+) last (\d+) lost (\d+) doubled (\d+)$")]
    private static partial Regex Line();
}

/// <summary>A server that keeps a ledger and a client whose threads call it as fast as they can.</summary>
internal static class Rushing
{
    public const int Threads = 8;

    public static async Task StartServerAsync(ILocalNode node, params string[] options)
    {
        await node.RunAsync(new RunRequest { Program = Programs.Rush, Name = "server", Arguments = ["serve", .. options] }, Ecus.Soon);
        await node.WaitForLineAsync("server", line => line == "serving");
    }

    public static async Task StartClientAsync(ILocalNode node, params string[] options)
    {
        await node.RunAsync(new RunRequest { Program = Programs.Rush, Name = "client", Arguments = ["call", $"{Threads}", .. options] }, Ecus.Soon);
        await node.WaitForLineAsync("client", line => line == "calling");
    }

    /// <summary>Lets the calls go on until there were so many, and gives what came of them.</summary>
    public static async Task<IReadOnlyList<RushThread>> FinishAsync(ILocalNode node, int calls)
    {
        await node.RunToEndAsync(Programs.Rush, "finish", $"{calls}");
        ComponentExit exit = await node.WaitForExitAsync("client", Ecus.Soon);
        IReadOnlyList<LogEntry> log = await node.LogAsync("client");
        Assert.True(exit == new ComponentExit(ExitReason.Exited, 0), $"{exit}\n{string.Join('\n', log.Select(entry => entry.Text))}");
        RushThread[] threads = [.. log.Select(entry => RushThread.Parse(entry.Text)).OfType<RushThread>()];
        Assert.Equal(Threads, threads.Length);
        Assert.Contains(log, entry => entry.Text == "owners True");
        return threads;
    }

    /// <summary>Each call was done once, and each answer was its own.</summary>
    public static void AssertAllDoneOnce(IReadOnlyList<RushThread> threads) => Assert.All(threads, thread =>
        Assert.Equal(new RushThread(thread.Made, 0, 0, thread.Made, 1, thread.Made, 0, 0), thread));
}
