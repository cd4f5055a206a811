using Drover.Node;
using Drover.Node.Operations;

namespace Drover.Scenarios;

/// <summary>A component runs before its memory is there, and never sees anything else in it than it should.</summary>
public sealed class LazyRestores
{
    private const string Name = "Laggard";
    private const int Mebibytes = 96;
    private const int Pages = Mebibytes * 256;

    [RootFact]
    public async Task Every_page_has_its_content_whenever_it_comes()
    {
        await using Ecus ecus = new();
        string image = await CheckpointAsync(ecus, "look");

        await RestoreAsync(ecus.B, image);

        await WholeAsync(ecus.B);
    }

    [RootFact]
    public async Task What_is_dropped_unmapped_or_moved_before_it_came_is_as_if_it_had_been_there()
    {
        await using Ecus ecus = new();
        string image = await CheckpointAsync(ecus, "rearrange");

        await RestoreAsync(ecus.B, image);

        await WholeAsync(ecus.B);
    }

    [RootFact]
    public async Task Threads_that_do_so_at_once_are_not_in_each_others_way()
    {
        await using Ecus ecus = new();
        string image = await CheckpointAsync(ecus, "crowd");

        for (int i = 0; i < 3; i++)
        {
            await RestoreAsync(ecus.B, image, $"{Name}-{i}");
            await WholeAsync(ecus.B, $"{Name}-{i}");
        }
    }

    [RootFact]
    public async Task Calls_that_the_node_answers_find_memory_that_has_not_come_yet()
    {
        await using Ecus ecus = new();
        string image = await CheckpointAsync(ecus, "speak");
        string[] wanted = [.. Enumerable.Range(0, Mebibytes * 4).Reverse().SelectMany(i => (string[])[$"said {i,10}", $"told {i,10}"])];

        for (int i = 0; i < 3; i++)
        {
            string name = $"{Name}-{i}";
            await RestoreAsync(ecus.B, image, name);
            await ecus.B.WaitForLineAsync(name, line => line.EndsWith($": {wanted.Length} lines said", StringComparison.Ordinal));

            Assert.Equal(wanted, (await ecus.B.LogAsync(name)).Select(entry => entry.Text).Where(line => !line.EndsWith("lines said", StringComparison.Ordinal)));
            await ecus.B.StopAsync(name);
        }
    }

    [RootFact]
    public async Task Checkpoint_right_behind_it_has_all_that_was_still_to_come()
    {
        await using Ecus ecus = new();
        string image = await CheckpointAsync(ecus, "rearrange");
        await RestoreAsync(ecus.B, image);
        string again = ecus.NewImage();
        string delta = ecus.NewImage();

        await ecus.B.CheckpointAsync(Name, again, leaveRunning: true);
        await ecus.B.CheckpointAsync(new CheckpointRequest(Name, delta, LeaveRunning: false, Parent: again), Ecus.Soon);

        ILocalNode c = ecus.Start("ecu-c");
        foreach (string each in (string[])[again, delta])
        {
            await RestoreAsync(c, each, Path.GetFileName(each));
            await WholeAsync(c, Path.GetFileName(each));
        }
    }

    [RootFact]
    public async Task Component_that_drops_pages_without_end_gets_all_of_its_memory_by_a_checkpoint_at_the_latest()
    {
        await using Ecus ecus = new();
        string image = await CheckpointAsync(ecus, "churn");
        string again = ecus.NewImage();

        await RestoreAsync(ecus.B, image);
        await ecus.B.CheckpointAsync(Name, again, leaveRunning: true);

        await WholeAsync(ecus.B);
        ILocalNode c = ecus.Start("ecu-c");
        await c.RestoreAsync(again);
        await WholeAsync(c);
    }

    [RootFact]
    public async Task Chain_of_images_is_restored_so_as_well_and_may_be_deleted_meanwhile()
    {
        await using Ecus ecus = new();
        string image = ecus.NewImage();
        string delta = ecus.NewImage();
        await StartAsync(ecus.A, "rearrange");
        await ecus.A.CheckpointAsync(Name, image, leaveRunning: true);
        await ecus.A.CheckpointAsync(new CheckpointRequest(Name, delta, LeaveRunning: false, Parent: image), Ecus.Soon);

        await RestoreAsync(ecus.B, delta);
        Directory.Delete(image, recursive: true);
        Directory.Delete(delta, recursive: true);

        await WholeAsync(ecus.B);
    }

    [RootFact]
    public async Task Damaged_page_ends_its_component_by_name_and_nothing_else()
    {
        await using Ecus ecus = new();
        string image = await CheckpointAsync(ecus, "look");
        await ecus.B.RunSheepCounterAsync();
        await ecus.B.NextCountAsync();
        string pages = Path.Combine(image, "pages");
        SpoiledImage.Spoil(pages);

        await RestoreAsync(ecus.B, image);

        ComponentExit exit = await ecus.B.WaitForExitAsync(Name, Ecus.Soon);
        Assert.Equal(ExitReason.Faulted, exit.Reason);
        Assert.Contains(pages, exit.Fault, StringComparison.Ordinal);
        Assert.Contains("CRC-32C of the page", exit.Fault, StringComparison.Ordinal);
        Assert.DoesNotContain(await ecus.B.LogAsync(Name), entry => entry.Text.Contains("as they should be", StringComparison.Ordinal));
        long now = (await ecus.B.LogAsync("SheepCounter"))[^1].Sequence;
        await ecus.B.NextCountAsync(afterSequence: now);
    }

    [RootFact]
    public async Task Nothing_is_left_of_one_that_ended_before_all_had_come()
    {
        await using Ecus ecus = new();
        await Task.WhenAll(((NodeRuntime)ecus.A).Prepared, ((NodeRuntime)ecus.B).Prepared);
        string image = await CheckpointAsync(ecus, "look");
        await RestoreAsync(ecus.B, image);
        await ecus.B.StopAsync(Name);
        Holdings before = Holdings.Now();

        await RestoreAsync(ecus.B, image);
        await ecus.B.StopAsync(Name);

        Assert.Equal(before, Holdings.Now());
    }

    private static async Task<string> CheckpointAsync(Ecus ecus, string what)
    {
        await StartAsync(ecus.A, what);
        string image = ecus.NewImage();
        await ecus.A.CheckpointAsync(Name, image);
        return image;
    }

    private static async Task StartAsync(ILocalNode node, string what)
    {
        await node.RunAsync(new RunRequest { Program = Programs.Laggard, Arguments = [$"{Mebibytes}", what] }, Ecus.Soon);
        await node.WaitForLineAsync(Name, line => line == "ready");
    }

    private static Task<RestoreReport> RestoreAsync(ILocalNode node, string image, string? name = null) =>
        node.RestoreAsync(new RestoreRequest(image, name, Lazy: true), Ecus.Soon);

    private static Task<LogEntry> WholeAsync(ILocalNode node, string name = Name) =>
        node.WaitForLineAsync(name, line => line.EndsWith($": {Pages} pages as they should be", StringComparison.Ordinal));
}
