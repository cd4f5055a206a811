using Drover.Node;
using Drover.Node.Operations;

namespace Drover.Scenarios;

/// <summary>S1: memory, log and timer of a component go on on another node.</summary>
public sealed class S1SheepCounter
{
    [Fact]
    public async Task Sheep_counter_goes_on_at_the_next_sheep_and_its_constructor_does_not_run_again()
    {
        await using Ecus ecus = new();
        await ecus.A.RunSheepCounterAsync();
        await ecus.A.WaitForLineAsync("SheepCounter", line => line == "sheep 5");
        string image = ecus.NewImage();

        CheckpointReport checkpoint = await ecus.A.CheckpointAsync("SheepCounter", image);
        await ecus.B.RestoreAsync(image);
        int last = await ecus.A.LastCountAsync(checkpoint.LogSequence);
        int next = await ecus.B.NextCountAsync();
        IReadOnlyList<string> shepherd = await ecus.B.RunToEndAsync(Programs.Shepherd, "50");

        Assert.Equal(last + 1, next);
        Assert.DoesNotContain(await ecus.B.LogAsync("SheepCounter"), entry => entry.Text.Contains("constructed", StringComparison.Ordinal));
        Assert.StartsWith("shepherd: 50 calls answered, 0 failed", shepherd[^1], StringComparison.Ordinal);
        Assert.Equal(ExitReason.Checkpointed, (await ecus.A.WaitForExitAsync("SheepCounter")).Reason);
    }

    [Fact]
    public async Task Sheep_counter_is_moved_to_and_fro_twenty_times_and_misses_no_sheep()
    {
        await using Ecus ecus = new();
        ILocalNode here = ecus.A;
        ILocalNode there = ecus.B;
        await here.RunSheepCounterAsync(20);
        await here.NextCountAsync();
        for (int move = 1; move <= 20; move++)
        {
            string image = ecus.NewImage();
            CheckpointReport checkpoint = await here.CheckpointAsync("SheepCounter", image);
            int last = await here.LastCountAsync(checkpoint.LogSequence);
            await there.RestoreAsync(image);
            Assert.Equal(last + 1, await there.NextCountAsync());
            (here, there) = (there, here);
            Directory.Delete(image, recursive: true);
        }

        IReadOnlyList<string> inventory = await here.RunToEndAsync(Programs.Examiner, "inventory");
        Assert.EndsWith("called 8", inventory[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Component_that_is_left_running_counts_on_beside_its_image()
    {
        await using Ecus ecus = new();
        await ecus.A.RunSheepCounterAsync();
        await ecus.A.NextCountAsync();
        string image = ecus.NewImage();

        CheckpointReport checkpoint = await ecus.A.CheckpointAsync("SheepCounter", image, leaveRunning: true);
        await ecus.B.RestoreAsync(image);
        int last = await ecus.A.LastCountAsync(checkpoint.LogSequence);

        Assert.Equal(last + 1, await ecus.A.NextCountAsync(afterSequence: checkpoint.LogSequence));
        Assert.Equal(last + 1, await ecus.B.NextCountAsync());
    }
}
