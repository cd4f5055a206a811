using System.Collections.Concurrent;
using Drover.Node;
using Drover.Node.Operations;

namespace Drover.Scenarios;

/// <summary>A component that works against the node while it is checkpointed again and again harms nobody but itself.</summary>
public sealed class S4Saboteurs
{
    private const int Checkpoints = 50;

    [Theory]
    [InlineData("tables")]
    [InlineData("utcbs")]
    [InlineData("mappings")]
    [InlineData("threads")]
    [InlineData("descriptors")]
    public async Task Node_and_neighbours_are_unharmed_by_fifty_checkpoints_of_a_component_at_war_with(string target)
    {
        ConcurrentQueue<string> faults = new();
        await using Ecus ecus = new();
        ILocalNode node = ecus.Start(new NodeOptions("war") { OnFault = (where, failure) => faults.Enqueue($"{where}: {failure}") });
        await node.RunSheepCounterAsync(20);
        await node.NextCountAsync();
        await node.RunAsync(new RunRequest { Program = Programs.Examiner, Name = "client", Arguments = ["watch"] }, Ecus.Soon);
        await node.WaitForLineAsync("client", IsSeen);
        int taken = 0;
        await EnsureAtWorkAsync(node, target);
        for (int i = 0; i < Checkpoints; i++)
        {
            taken += await TryCheckpointAsync(node, ecus.NewImage(), ecus.B) ? 1 : 0;
            await EnsureAtWorkAsync(node, target);
        }

        await node.WaitForLineAsync("client", IsSeen, (await node.LogAsync("client"))[^1].Sequence);
        Assert.DoesNotContain(await node.LogAsync("client"), entry => entry.Text.StartsWith("lost", StringComparison.Ordinal));
        string image = ecus.NewImage();
        CheckpointReport report = await node.CheckpointAsync("SheepCounter", image, leaveRunning: true);
        await ecus.B.RestoreAsync(image);
        Assert.Equal(await node.LastCountAsync(report.LogSequence) + 1, await ecus.B.NextCountAsync());
        Assert.Empty(faults);
        Assert.InRange(taken, target is "tables" or "utcbs" ? 0 : 1, Checkpoints);
    }

    /// <summary>Taken, or refused by an error that is declared; the first that is taken is restored elsewhere, or refused there.</summary>
    private static async Task<bool> TryCheckpointAsync(ILocalNode node, string image, ILocalNode other)
    {
        try
        {
            await node.CheckpointAsync("Saboteur", image, leaveRunning: true);
        }
        catch (NodeOperationException refusal)
        {
            Assert.Contains(refusal.Code, new[] { NodeErrorCode.NotCheckpointable, NodeErrorCode.ComponentEnded });
            Assert.False(Directory.Exists(image));
            return false;
        }

        try
        {
            await other.RestoreAsync(image, "Saboteur");
            await other.StopAsync("Saboteur");
        }
        catch (NodeOperationException refusal)
        {
            Assert.Contains(refusal.Code, new[] { NodeErrorCode.BadImage, NodeErrorCode.ComponentEnded });
        }

        Directory.Delete(image, recursive: true);
        return true;
    }

    /// <summary>It may well have ended itself.</summary>
    private static async Task EnsureAtWorkAsync(ILocalNode node, string target)
    {
        if ((await node.ListAsync()).Any(component => component is { Name: "Saboteur", State: ComponentState.Running }))
            return;
        await node.RunAsync(new RunRequest { Program = Programs.Saboteur, Arguments = [target] }, Ecus.Soon);
        await node.WaitForLineAsync("Saboteur", line => line == "at work");
    }

    private static bool IsSeen(string line) => line.StartsWith("seen", StringComparison.Ordinal);
}
