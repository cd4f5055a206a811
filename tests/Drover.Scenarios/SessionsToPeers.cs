using Drover.Node.Operations;

namespace Drover.Scenarios;

/// <summary>Sessions to the services of other components, when one of the two is moved or ends.</summary>
public sealed class SessionsToPeers
{
    [Fact]
    public async Task Session_is_opened_again_at_the_service_of_the_other_node()
    {
        await using Ecus ecus = new();
        await StartAsync(ecus);
        string image = ecus.NewImage();
        await ecus.B.RunSheepCounterAsync(20);
        await ecus.B.NextCountAsync();

        await ecus.A.CheckpointAsync("watcher", image);
        await ecus.B.RestoreAsync(image);

        await ecus.B.WaitForLineAsync("watcher", Sees);
        Assert.DoesNotContain(await ecus.B.LogAsync("watcher"), entry => entry.Text.StartsWith("lost", StringComparison.Ordinal) && !entry.Text.EndsWith("PeerRestored", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Restore_is_refused_by_name_where_nobody_offers_the_service_and_leaves_nothing_behind()
    {
        await using Ecus ecus = new();
        await StartAsync(ecus);
        string image = ecus.NewImage();
        await ecus.A.CheckpointAsync("watcher", image, leaveRunning: true);

        NodeOperationException refusal = await Assert.ThrowsAsync<NodeOperationException>(() => ecus.B.RestoreAsync(image));

        Assert.Equal(NodeErrorCode.MissingResource, refusal.Code);
        Assert.Contains("'Sheep'", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(await ecus.B.ListAsync());
        await ecus.A.WaitForLineAsync("watcher", Sees, (await ecus.A.LogAsync("watcher"))[^1].Sequence);
    }

    [Fact]
    public async Task Client_of_a_component_that_is_moved_away_sees_it_gone_and_lives()
    {
        await using Ecus ecus = new();
        await StartAsync(ecus);
        string image = ecus.NewImage();

        await ecus.A.CheckpointAsync("SheepCounter", image);
        await ecus.B.RestoreAsync(image);

        await ecus.A.WaitForLineAsync("watcher", line => line == "lost PeerGone");
        await ecus.B.NextCountAsync();
        Assert.Equal(ComponentState.Running, (await ecus.A.ListAsync()).Single(component => component.Name == "watcher").State);
    }

    private static async Task StartAsync(Ecus ecus)
    {
        await ecus.A.RunSheepCounterAsync(20);
        await ecus.A.NextCountAsync();
        await ecus.A.RunAsync(new RunRequest { Program = Programs.Examiner, Name = "watcher", Arguments = ["watch"] }, Ecus.Soon);
        await ecus.A.WaitForLineAsync("watcher", Sees);
    }

    private static bool Sees(string line) => line.StartsWith("seen", StringComparison.Ordinal);
}
