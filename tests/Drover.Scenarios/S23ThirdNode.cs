using Drover.Node;
using Drover.Node.Operations;

namespace Drover.Scenarios;

/// <summary>S23: a restored component is checkpointed again and moved on, to a third node and back.</summary>
public sealed class S23ThirdNode
{
    private const int Moves = 20;

    [Fact]
    public async Task Component_with_objects_of_all_kinds_makes_twenty_moves_over_three_nodes_while_it_changes_them()
    {
        await using Ecus ecus = new();
        ILocalNode[] nodes = [ecus.A, ecus.B, ecus.Start("ecu-c")];
        await nodes[0].RunChurnAsync(ecus, workers: 2, held: 40);
        HashSet<ulong> badges = [.. await BadgesAsync(nodes[0])];
        long round = 0;
        for (int move = 1; move <= Moves; move++)
        {
            string image = ecus.NewImage();
            await nodes[(move - 1) % nodes.Length].CheckpointAsync("churn", image);
            ILocalNode there = nodes[move % nodes.Length];
            await there.RestoreAsync(image);

            long now = Churning.Round(await there.WaitUntilConsistentAsync("churn", 2));
            Assert.True(now > round, $"inspection {now} came after {round}");
            round = now;
            ulong[] held = [.. await BadgesAsync(there)];
            Assert.DoesNotContain(held, badges.Contains);
            badges = [.. held];
            Directory.Delete(image, recursive: true);
        }

        // Nothing of it is left where it was.
        Assert.All(await nodes[0].ListAsync(Ecus.Soon), component => Assert.Equal(ComponentState.Ended, component.State));
        Assert.All(await nodes[1].ListAsync(Ecus.Soon), component => Assert.Equal(ComponentState.Ended, component.State));
    }

    private static async Task<IEnumerable<ulong>> BadgesAsync(ILocalNode node) =>
        (await node.InspectAsync("churn", Ecus.Soon)).Capabilities.Select(slot => slot.Held?.Badge).OfType<ulong>();
}
