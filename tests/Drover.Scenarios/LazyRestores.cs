using Drover.Node;
using Drover.Node.Operations;

namespace Drover.Scenarios;

/// <summary>A component runs before its memory is there, and never sees anything else in it than it should.</summary>
public sealed class LazyRestores
{
    [RootFact]
    public async Task Every_page_has_its_content_whenever_it_comes()
    {
        await using Ecus ecus = new();
        string image = await Laggards.CheckpointAsync(ecus, "look");

        await Laggards.RestoreAsync(ecus.B, image);

        await Laggards.WholeAsync(ecus.B);
    }

    [RootFact]
    public async Task What_is_dropped_unmapped_or_moved_before_it_came_is_as_if_it_had_been_there()
    {
        await using Ecus ecus = new();
        string image = await Laggards.CheckpointAsync(ecus, "rearrange");

        await Laggards.RestoreAsync(ecus.B, image);

        await Laggards.WholeAsync(ecus.B);
    }

    [RootFact]
    public async Task Threads_that_do_so_at_once_are_not_in_each_others_way()
    {
        await using Ecus ecus = new();
        string image = await Laggards.CheckpointAsync(ecus, "crowd");

        for (int i = 0; i < 3; i++)
        {
            await Laggards.RestoreAsync(ecus.B, image, $"{Laggards.Name}-{i}");
            await Laggards.WholeAsync(ecus.B, $"{Laggards.Name}-{i}");
        }
    }

    [RootFact]
    public async Task Calls_that_the_node_answers_find_memory_that_has_not_come_yet()
    {
        await using Ecus ecus = new();
        string image = await Laggards.CheckpointAsync(ecus, "speak");
        string[] wanted = [.. Enumerable.Range(0, Laggards.Mebibytes * 4).Reverse().SelectMany(i => (string[])[$"said {i,10}", $"told {i,10}"])];

        for (int i = 0; i < 3; i++)
        {
            string name = $"{Laggards.Name}-{i}";
            await Laggards.RestoreAsync(ecus.B, image, name);
            await ecus.B.WaitForLineAsync(name, line => line.EndsWith($": {wanted.Length} lines said", StringComparison.Ordinal));

            Assert.Equal(wanted, (await ecus.B.LogAsync(name)).Select(entry => entry.Text).Where(line => !line.EndsWith("lines said", StringComparison.Ordinal)));
            await ecus.B.StopAsync(name);
        }
    }

    [RootFact]
    public async Task Checkpoint_right_behind_it_has_all_that_was_still_to_come()
    {
        await using Ecus ecus = new();
        string image = await Laggards.CheckpointAsync(ecus, "rearrange");
        await Laggards.RestoreAsync(ecus.B, image);
        string again = ecus.NewImage();
        string delta = ecus.NewImage();

        await ecus.B.CheckpointAsync(Laggards.Name, again, leaveRunning: true);
        await ecus.B.CheckpointAsync(new CheckpointRequest(Laggards.Name, delta, LeaveRunning: false, Parent: again), Ecus.Soon);

        ILocalNode c = ecus.Start("ecu-c");
        foreach (string each in (string[])[again, delta])
        {
            await Laggards.RestoreAsync(c, each, Path.GetFileName(each));
            await Laggards.WholeAsync(c, Path.GetFileName(each));
        }
    }

    [RootFact]
    public async Task Component_that_drops_pages_without_end_gets_all_of_its_memory_by_a_checkpoint_at_the_latest()
    {
        await using Ecus ecus = new();
        string image = await Laggards.CheckpointAsync(ecus, "churn");
        string again = ecus.NewImage();

        await Laggards.RestoreAsync(ecus.B, image);
        await ecus.B.CheckpointAsync(Laggards.Name, again, leaveRunning: true);

        await Laggards.WholeAsync(ecus.B);
        ILocalNode c = ecus.Start("ecu-c");
        await c.RestoreAsync(again);
        await Laggards.WholeAsync(c);
    }

    [RootFact]
    public async Task Chain_of_images_is_restored_so_as_well_and_may_be_deleted_meanwhile()
    {
        await using Ecus ecus = new();
        string image = ecus.NewImage();
        string delta = ecus.NewImage();
        await Laggards.StartAsync(ecus.A, "rearrange");
        await ecus.A.CheckpointAsync(Laggards.Name, image, leaveRunning: true);
        await ecus.A.CheckpointAsync(new CheckpointRequest(Laggards.Name, delta, LeaveRunning: false, Parent: image), Ecus.Soon);

        await Laggards.RestoreAsync(ecus.B, delta);
        Directory.Delete(image, recursive: true);
        Directory.Delete(delta, recursive: true);

        await Laggards.WholeAsync(ecus.B);
    }

    [RootFact]
    public async Task Damaged_page_ends_its_component_by_name_and_nothing_else()
    {
        await using Ecus ecus = new();
        string image = await Laggards.CheckpointAsync(ecus, "look");
        await ecus.B.RunSheepCounterAsync();
        await ecus.B.NextCountAsync();
        string pages = Path.Combine(image, "pages");
        SpoiledImage.Spoil(pages);

        await Laggards.RestoreAsync(ecus.B, image);

        ComponentExit exit = await ecus.B.WaitForExitAsync(Laggards.Name, Ecus.Soon);
        Assert.Equal(ExitReason.Faulted, exit.Reason);
        Assert.Contains(pages, exit.Fault, StringComparison.Ordinal);
        Assert.Contains("CRC-32C of the page", exit.Fault, StringComparison.Ordinal);
        Assert.DoesNotContain(await ecus.B.LogAsync(Laggards.Name), entry => entry.Text.Contains("as they should be", StringComparison.Ordinal));
        long now = (await ecus.B.LogAsync("SheepCounter"))[^1].Sequence;
        await ecus.B.NextCountAsync(afterSequence: now);
    }

    [RootFact]
    public async Task Nothing_is_left_of_one_that_ended_before_all_had_come()
    {
        await using Ecus ecus = new();
        await Task.WhenAll(((NodeRuntime)ecus.A).Prepared, ((NodeRuntime)ecus.B).Prepared);
        string image = await Laggards.CheckpointAsync(ecus, "look");
        await Laggards.RestoreAsync(ecus.B, image);
        await ecus.B.StopAsync(Laggards.Name);
        await Holdings.DoNotGrowAsync(async () =>
        {
            await Laggards.RestoreAsync(ecus.B, image);
            await ecus.B.StopAsync(Laggards.Name);
        });
    }
}
