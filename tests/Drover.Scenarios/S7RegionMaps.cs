using Drover.Node;
using Drover.Node.Operations;

namespace Drover.Scenarios;

/// <summary>S7: nested managed dataspaces, non-zero offsets, rights, one dataspace attached twice, fault handlers.</summary>
public sealed class S7RegionMaps
{
    private const string Rights = "--,rw,r-,--,r-,r-,--,rw";

    [Fact]
    public async Task Nested_maps_show_the_same_memory_at_the_same_addresses_after_a_restore()
    {
        await using Ecus ecus = new();
        await ServeAsync(ecus.A);
        string first = await AskAsync(ecus.A, "survey", "10");
        string image = ecus.NewImage();

        await ecus.A.CheckpointAsync("atlas", image);
        await ecus.B.RestoreAsync(image);
        string second = await AskAsync(ecus.B, "survey", "20");
        string third = await AskAsync(ecus.B, "survey", "30");

        string at = first[first.IndexOf(" at ", StringComparison.Ordinal)..];
        // What was written through one alias is read through all: before the checkpoint, across it, and after it.
        Assert.Equal($"0,0,0,0,0 10,10,10,10,10 11,11,12,12 {Rights}{at}", first);
        Assert.Equal($"10,10,10,10,10 20,20,20,20,20 21,21,22,22 {Rights}{at}", second);
        Assert.Equal($"20,20,20,20,20 30,30,30,30,30 31,31,32,32 {Rights}{at}", third);
    }

    [Fact]
    public async Task Fault_handler_attaches_what_is_missing_before_and_after_a_restore()
    {
        await using Ecus ecus = new();
        await ServeAsync(ecus.A);
        string before = await AskAsync(ecus.A, "touch", "2");
        string image = ecus.NewImage();

        await ecus.A.CheckpointAsync("atlas", image);
        await ecus.B.RestoreAsync(image);

        Assert.Equal("102", before);
        Assert.Equal("102", await AskAsync(ecus.B, "touch", "2")); // still attached
        Assert.Equal("105", await AskAsync(ecus.B, "touch", "5"));
        LogEntry fault = await ecus.B.WaitForLineAsync("atlas", line => line.Contains("fault", StringComparison.Ordinal));
        Assert.Equal("Read fault at page 5", fault.Text);
    }

    [Fact]
    public async Task Thread_that_waits_in_a_fault_is_moved_and_goes_on_when_something_is_attached()
    {
        await using Ecus ecus = new();
        await ServeAsync(ecus.A);
        await AskAsync(ecus.A, "strand", "4");
        await ecus.A.WaitForLineAsync("atlas", line => line == "Read fault at page 4");
        string image = ecus.NewImage();
        string later = ecus.NewImage();

        await ecus.A.CheckpointAsync("atlas", image, leaveRunning: true);
        await ecus.B.RestoreAsync(image);
        // It waits again, and its handler hears of it again.
        await ecus.B.WaitForLineAsync("atlas", line => line == "Read fault at page 4");
        await ecus.B.CheckpointAsync("atlas", later);
        await ecus.B.RestoreAsync(later);

        Assert.Equal("104", await AskAsync(ecus.B, "settle"));
        Assert.Equal("104", await AskAsync(ecus.A, "settle"));
        Assert.Equal("107", await AskAsync(ecus.B, "touch", "7"));
    }

    [Fact]
    public async Task Component_whose_fault_nobody_handles_waits_and_can_be_stopped()
    {
        await using Ecus ecus = new();
        await ServeAsync(ecus.A);
        await AskAsync(ecus.A, "strand", "4");
        await ecus.A.WaitForLineAsync("atlas", line => line == "Read fault at page 4");

        await ecus.A.StopAsync("atlas", Ecus.Soon);

        await ServeAsync(ecus.A);
        Assert.Equal("103", await AskAsync(ecus.A, "touch", "3"));
    }

    [Fact]
    public async Task Another_component_sees_attachments_come_and_go_and_its_faults_are_handled()
    {
        await using Ecus ecus = new();
        await ServeAsync(ecus.A);

        IReadOnlyList<string> explored = await ecus.A.RunToEndAsync(Programs.Cartographer, "explore");
        IReadOnlyList<string> visited = await ecus.A.RunToEndAsync(Programs.Cartographer, "visit");

        Assert.Equal(["page 3: 103", "page 6: 106"], explored);
        Assert.Equal(["40 r- r-", "hidden -- r-", "shown 40 r-", "pond 42 r-", "drained -- r-"], visited);
    }

    [Fact]
    public async Task Shared_map_refuses_the_checkpoint_by_name_and_vanishes_with_its_owner()
    {
        await using Ecus ecus = new();
        await ServeAsync(ecus.A);
        await ecus.A.RunAsync(new RunRequest { Program = Programs.Cartographer, Name = "visitor", Arguments = ["linger"] }, Ecus.Soon);
        await ecus.A.WaitForLineAsync("visitor", line => line == "lingering r-");

        NodeOperationException owner = await Assert.ThrowsAsync<NodeOperationException>(() => ecus.A.CheckpointAsync("atlas", ecus.NewImage()));
        NodeOperationException user = await Assert.ThrowsAsync<NodeOperationException>(() => ecus.A.CheckpointAsync("visitor", ecus.NewImage()));
        Assert.Contains("visitor has a dataspace of atlas attached", owner.Message, StringComparison.Ordinal);
        Assert.Contains("visitor holds a region map of atlas", user.Message, StringComparison.Ordinal);
        await ecus.A.StopAsync("atlas", Ecus.Soon);

        await ecus.A.WaitForLineAsync("visitor", line => line == "gone");
        Assert.Equal(0, (await ecus.A.WaitForExitAsync("visitor", Ecus.Soon)).Status);
    }

    [Fact]
    public async Task Images_made_while_maps_change_and_threads_fault_all_go_on_rightly()
    {
        await using Ecus ecus = new();
        await ecus.A.RunAsync(new RunRequest { Program = Programs.Cartographer, Name = "churn", Arguments = ["churn"] }, Ecus.Soon);
        LogEntry attached = await ProgressAsync(ecus.A, "churn", "attached", 0);
        string parent = "";
        for (int i = 0; i < 12; i++)
        {
            string image = ecus.NewImage();
            // Every other image holds only what was written since the one before.
            await ecus.A.CheckpointAsync(new CheckpointRequest("churn", image, LeaveRunning: true, i % 2 == 1 ? parent : null), Ecus.Soon);
            parent = image;
            attached = await ProgressAsync(ecus.A, "churn", "attached", attached.Sequence);
            if (i % 3 != 0)
                continue;
            await ecus.B.RestoreAsync(image, $"churn-{i}");
            await ProgressAsync(ecus.B, $"churn-{i}", "attached", 0);
            await ProgressAsync(ecus.B, $"churn-{i}", "found", 0);
            await ecus.B.StopAsync($"churn-{i}", Ecus.Soon);
        }

        await ProgressAsync(ecus.A, "churn", "found", attached.Sequence);
    }

    [Fact]
    public async Task Component_that_takes_its_window_apart_harms_nobody_and_gets_what_it_asks_for_next()
    {
        await using Ecus ecus = new();
        await ServeAsync(ecus.A);
        await ecus.A.RunAsync(new RunRequest { Program = Programs.Cartographer, Name = "rogue", Arguments = ["rogue"] }, Ecus.Soon);
        await ecus.A.WaitForLineAsync("rogue", line => line == "took apart");
        string image = ecus.NewImage();

        Assert.Equal("102", await AskAsync(ecus.A, "touch", "2"));
        await ecus.A.CheckpointAsync("rogue", image, leaveRunning: true);
        await ecus.B.RestoreAsync(image);

        foreach (ILocalNode node in (ILocalNode[])[ecus.A, ecus.B])
        {
            LogEntry seen = await node.WaitForLineAsync("rogue", line => line.StartsWith("sees", StringComparison.Ordinal));
            Assert.Equal("sees 104 r- 105 100 101 102 103", seen.Text);
            Assert.Equal("found 100", (await node.WaitForLineAsync("rogue", line => line.StartsWith("found", StringComparison.Ordinal))).Text);
        }
    }

    private static async Task<LogEntry> ProgressAsync(ILocalNode node, string name, string what, long afterSequence)
    {
        LogEntry line = await node.WaitForLineAsync(
            name, line => line.StartsWith(what, StringComparison.Ordinal) || line.StartsWith("wrong", StringComparison.Ordinal), afterSequence);
        Assert.DoesNotContain("wrong", line.Text, StringComparison.Ordinal);
        return line;
    }

    private static async Task ServeAsync(ILocalNode node)
    {
        await node.RunAsync(new RunRequest { Program = Programs.Cartographer, Name = "atlas", Arguments = ["serve"] }, Ecus.Soon);
        await node.WaitForLineAsync("atlas", line => line == "serving");
    }

    private static async Task<string> AskAsync(ILocalNode node, params string[] question) =>
        (await node.RunToEndAsync(Programs.Cartographer, question)).Single();
}
