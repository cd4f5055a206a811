using System.Diagnostics;
using Drover.Node.Api;
using Drover.Node.Operations;

namespace Drover.Scenarios;

/// <summary>A node that is killed takes its components along, and the next one clears what it left.</summary>
public sealed class KilledNode
{
    [Fact]
    public async Task Components_die_with_their_node_and_the_next_node_takes_over_socket_and_half_written_images()
    {
        string folder = Directory.CreateTempSubdirectory("drover-killed-").FullName;
        string socket = Path.Combine(folder, "node.sock");
        try
        {
            using Process first = await StartNodeAsync(socket);
            using NodeClient client = new NodeClient(socket);
            ComponentInfo component = await client.RunAsync(new RunRequest { Program = Programs.SheepCounter, Arguments = ["20"] }, Ecus.Soon);
            string half = LeaveHalfAnImage(folder, socket);

            first.Kill();
            await first.WaitForExitAsync(Ecus.Soon);
            await UntilGoneAsync(component.ProcessId);
            using Process second = await StartNodeAsync(socket);

            Assert.Empty(await client.ListAsync(Ecus.Soon));
            Assert.False(Directory.Exists(half));
            second.Kill();
            await second.WaitForExitAsync(Ecus.Soon);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>What a node leaves that is killed while it writes pages.</summary>
    private static string LeaveHalfAnImage(string folder, string socket)
    {
        string half = Path.Combine(folder, "half");
        Directory.CreateDirectory(half);
        File.WriteAllText(Path.Combine(half, "partial"), "");
        File.WriteAllBytes(Path.Combine(half, "pages"), new byte[4096]);
        File.WriteAllLines(socket + ".images", [half]);
        return half;
    }

    private static async Task<Process> StartNodeAsync(string socket)
    {
        ProcessStartInfo start = new("dotnet", [Programs.Drover, "node", "--name", "killed", "--socket", socket])
        {
            RedirectStandardOutput = true,
        };
        Process node = Process.Start(start)!;
        string? line = await node.StandardOutput.ReadLineAsync(Ecus.Soon);
        Assert.Contains("listens", line ?? "", StringComparison.Ordinal);
        return node;
    }

    private static async Task UntilGoneAsync(int process)
    {
        while (Directory.Exists($"/proc/{process}"))
        {
            Ecus.Soon.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
