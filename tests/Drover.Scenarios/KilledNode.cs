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
            int component;
            string half;
            await using (NodeProcess first = await NodeProcess.StartAsync(socket))
            {
                component = (await first.Client.RunAsync(new RunRequest { Program = Programs.SheepCounter, Arguments = ["20"] }, Ecus.Soon)).ProcessId;
                half = LeaveHalfAnImage(folder, socket);
            }

            await NodeProcess.UntilGoneAsync(component);
            await using NodeProcess second = await NodeProcess.StartAsync(socket);

            Assert.Empty(await second.Client.ListAsync(Ecus.Soon));
            Assert.False(Directory.Exists(half));
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
}
