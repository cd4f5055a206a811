using Drover.Node;
using Drover.Node.Operations;

namespace Drover.Scenarios;

/// <summary>What is kept in memory: taken while the component runs on, rolled back to, cloned and dropped.</summary>
public sealed class Snapshots
{
    [Fact]
    public async Task Component_that_is_rolled_back_goes_on_at_the_snapshot_in_the_same_log()
    {
        await using Ecus ecus = new();
        await ecus.A.RunSheepCounterAsync(20);
        await ecus.A.WaitForLineAsync("SheepCounter", line => line == "sheep 5");
        SnapshotReport snapshot = await ecus.A.SnapshotAsync("SheepCounter");
        int kept = await ecus.A.LastCountAsync(snapshot.LogSequence);
        await ecus.A.WaitForLineAsync("SheepCounter", line => line == $"sheep {kept + 3}");

        RollbackReport rollback = await ecus.A.RollBackAsync("SheepCounter");

        Assert.Equal("SheepCounter@1", rollback.Snapshot);
        Assert.Equal(kept + 1, await ecus.A.NextCountAsync(afterSequence: rollback.LogSequence));
        IReadOnlyList<LogEntry> log = await ecus.A.LogAsync("SheepCounter");
        Assert.Contains(log, entry => entry.Text == $"sheep {kept + 3}" && entry.Sequence <= rollback.LogSequence);
        Assert.Contains(log, entry => entry.Text == "SheepCounter goes on from the snapshot SheepCounter@1");
        Assert.Equal(snapshot.Capabilities.Select(held => (held.Selector, held.Kind, held.Label)), rollback.Capabilities.Select(held => (held.Selector, held.Kind, held.Label)));
        Assert.Empty(snapshot.Capabilities.Select(held => held.Badge).Intersect(rollback.Capabilities.Select(held => held.Badge)));
        IReadOnlyList<string> shepherd = await ecus.A.RunToEndAsync(Programs.Shepherd, "50");
        Assert.StartsWith("shepherd: 50 calls answered, 0 failed", shepherd[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_each_component_one_snapshot_is_kept_ready_the_one_asked_for_last()
    {
        await using Ecus ecus = new();
        await ecus.A.RunSheepCounterAsync(20);
        await ecus.A.NextCountAsync();
        await ecus.A.SnapshotAsync("SheepCounter", "first");
        await ecus.A.SnapshotsAreReadyAsync();
        await ecus.A.SnapshotAsync("SheepCounter", "second");
        await ReadyAsync(ecus.A, "second");

        await ecus.A.RollBackAsync("SheepCounter", "first");
        await ReadyAsync(ecus.A, "first");
        await ecus.A.RollBackAsync("SheepCounter", "first");

        await ReadyAsync(ecus.A, "first");
        Assert.True(ecus.FaultsOfA.Count == 0, string.Join("\n", ecus.FaultsOfA));
    }

    [Fact]
    public async Task Hundred_roll_backs_to_one_snapshot_begin_at_the_same_sheep_and_leave_nothing()
    {
        await using Ecus ecus = new();
        await PrepareAsync(ecus);
        await ecus.A.RunToEndAsync(Programs.Examiner, "refused");
        Holdings before = Holdings.Now();
        await ecus.A.RunSheepCounterAsync(10);
        await ecus.A.NextCountAsync();
        SnapshotReport snapshot = await ecus.A.SnapshotAsync("SheepCounter");
        int kept = await ecus.A.LastCountAsync(snapshot.LogSequence);
        string home = Namespace(await ProcessOfAsync(ecus.A, "SheepCounter"));

        for (int i = 0; i < 100; i++)
            await RollBackAsync(ecus.A, kept);

        // Each was built of the snapshot's own memory.
        Assert.True(ecus.FaultsOfA.Count == 0, string.Join("\n", ecus.FaultsOfA));
        Assert.Equal(home, Namespace(await ProcessOfAsync(ecus.A, "SheepCounter")));
        Assert.Equal("SheepCounter@1", Assert.Single(await ecus.A.ListSnapshotsAsync()).Name);
        await ecus.A.StopAsync("SheepCounter", Ecus.Soon);
        await ecus.A.DropSnapshotAsync(snapshot.Snapshot, Ecus.Soon);
        await Holdings.AreAsync(before, "a hundred roll backs");
    }

    [Fact]
    public async Task Component_goes_to_and_fro_between_snapshots_that_were_taken_after_roll_backs()
    {
        await using Ecus ecus = new();
        await ecus.A.RunAsync(new RunRequest { Program = Programs.Ledger, Arguments = ["300", "200", "5"] }, Ecus.Soon);
        string home = "";
        List<(string Name, long Round)> kept = [];
        Random random = new(7);
        for (int i = 0; i < 30; i++)
        {
            long now = (await ecus.A.LogAsync("Ledger")) is [.., LogEntry last] ? last.Sequence : 0;
            await ecus.A.WaitForLineAsync("Ledger", IsRound, now);
            if (i % 3 == 0)
            {
                SnapshotReport snapshot = await ecus.A.SnapshotAsync("Ledger");
                kept.Add((snapshot.Snapshot, Round((await ecus.A.LogAsync("Ledger")).Last(entry => entry.Sequence <= snapshot.LogSequence && IsRound(entry.Text)).Text)));
                continue;
            }

            (string name, long round) = kept[random.Next(kept.Count)];
            RollbackReport rollback = await ecus.A.RollBackAsync("Ledger", name);
            LogEntry next = await ecus.A.WaitForLineAsync("Ledger", IsRound, rollback.LogSequence);
            Assert.Equal(round + 1, Round(next.Text));
            Assert.True(ecus.FaultsOfA.Count == 0, string.Join("\n", ecus.FaultsOfA));
            home = home.Length == 0 ? Namespace(rollback.ProcessId) : home;
            Assert.Equal(home, Namespace(rollback.ProcessId));
        }

        Assert.True(ecus.FaultsOfA.Count == 0, string.Join("\n", ecus.FaultsOfA));
        Assert.DoesNotContain(await ecus.A.LogAsync("Ledger"), entry => entry.Text.StartsWith("fault", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Clones_of_clones_are_made_forty_deep_and_leave_nothing()
    {
        await using Ecus ecus = new();
        await PrepareAsync(ecus);
        await ecus.A.RunToEndAsync(Programs.Examiner, "refused");
        Holdings before = Holdings.Now();
        await ecus.A.RunAsync(new RunRequest { Program = Programs.Ledger, Arguments = ["20", "50", "5"], Name = "ledger-0" }, Ecus.Soon);
        await ecus.A.WaitForLineAsync("ledger-0", IsRound);

        for (int i = 1; i <= 40; i++)
        {
            CloneReport clone = await ecus.A.CloneAsync(new CloneRequest($"ledger-{i - 1}", $"ledger-{i}"), Ecus.Soon);
            Assert.Equal($"ledger-{i}", Assert.Single(clone.Clones).Name);
            await ecus.A.WaitForLineAsync($"ledger-{i}", IsRound);
            // The parent goes on as well.
            await ecus.A.WaitForLineAsync($"ledger-{i - 1}", IsRound, (await ecus.A.LogAsync($"ledger-{i - 1}"))[^1].Sequence);
            await ecus.A.StopAsync($"ledger-{i - 1}", Ecus.Soon);
        }

        await ecus.A.StopAsync("ledger-40", Ecus.Soon);
        await Holdings.AreAsync(before, "forty clones");
        Assert.Empty(await ecus.A.ListSnapshotsAsync());
    }

    [Fact]
    public async Task Several_clones_of_one_snapshot_are_independent_and_outlive_component_and_snapshot()
    {
        await using Ecus ecus = new();
        await ecus.A.RunAsync(new RunRequest { Program = Programs.Ledger, Arguments = ["50", "50", "5"] }, Ecus.Soon);
        await ecus.A.WaitForLineAsync("Ledger", IsRound);
        SnapshotReport snapshot = await ecus.A.SnapshotAsync("Ledger", "early");
        long round = Round((await ecus.A.LogAsync("Ledger")).Last(entry => entry.Sequence <= snapshot.LogSequence && IsRound(entry.Text)).Text);
        await ecus.A.StopAsync("Ledger", Ecus.Soon);

        CloneReport clones = await ecus.A.CloneAsync(new CloneRequest("early", Count: 3), Ecus.Soon);
        await ecus.A.DropSnapshotAsync("early", Ecus.Soon);

        Assert.Equal(["Ledger-2", "Ledger-3", "Ledger-4"], clones.Clones.Select(clone => clone.Name));
        Assert.Null(clones.PauseMs);
        foreach (RestoreReport clone in clones.Clones)
        {
            Assert.Equal(round + 1, Round((await ecus.A.WaitForLineAsync(clone.Name, IsRound)).Text));
            await ecus.A.WaitForLineAsync(clone.Name, line => IsRound(line) && Round(line) == round + 10);
        }
    }

    [Fact]
    public async Task Component_that_has_ended_is_started_again_by_a_roll_back()
    {
        await using Ecus ecus = new();
        await ecus.A.RunSheepCounterAsync(20);
        await ecus.A.NextCountAsync();
        SnapshotReport snapshot = await ecus.A.SnapshotAsync("SheepCounter");
        int kept = await ecus.A.LastCountAsync(snapshot.LogSequence);
        await ecus.A.StopAsync("SheepCounter", Ecus.Soon);

        await ecus.A.RollBackAsync("SheepCounter");

        Assert.Equal(kept + 1, await ecus.A.NextCountAsync());
    }

    [Fact]
    public async Task Snapshots_are_bounded_dropped_and_not_found_with_clear_errors()
    {
        await using Ecus ecus = new();
        ILocalNode node = ecus.Start(new NodeOptions("small") { MostSnapshots = 2 });
        await node.RunSheepCounterAsync(20);
        await node.NextCountAsync();
        await ErrorAsync(NodeErrorCode.NoSuchSnapshot, () => node.RollBackAsync("SheepCounter"));
        await node.SnapshotAsync("SheepCounter");
        await ErrorAsync(NodeErrorCode.NameTaken, () => node.SnapshotAsync("SheepCounter", "SheepCounter@1"));
        await node.SnapshotAsync("SheepCounter", "second");

        await ErrorAsync(NodeErrorCode.TooManySnapshots, () => node.SnapshotAsync("SheepCounter"));
        await node.DropSnapshotAsync("second", Ecus.Soon);
        await ErrorAsync(NodeErrorCode.NoSuchSnapshot, () => node.DropSnapshotAsync("second", Ecus.Soon));
        await ErrorAsync(NodeErrorCode.NoSuchSnapshot, () => node.CloneAsync(new CloneRequest("SheepCounter@9"), Ecus.Soon));
        SnapshotReport next = await node.SnapshotAsync("SheepCounter");

        Assert.NotEqual("SheepCounter@1", next.Snapshot);
        IReadOnlyList<SnapshotInfo> kept = await node.ListSnapshotsAsync();
        Assert.Equal(["SheepCounter@1", next.Snapshot], kept.Select(snapshot => snapshot.Name));
        Assert.All(kept, snapshot => Assert.True(snapshot.MemoryBytes > 100_000, $"{snapshot.MemoryBytes}"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Nothing_is_left_of_a_snapshot_that_was_ready(bool isRolledBackTo)
    {
        await using Ecus ecus = new();
        await PrepareAsync(ecus);
        await ecus.A.RunToEndAsync(Programs.Examiner, "refused");
        Holdings before = Holdings.Now();
        await ecus.A.RunSheepCounterAsync(20);
        await ecus.A.NextCountAsync();
        await ecus.A.SnapshotAsync("SheepCounter");
        await ecus.A.SnapshotsAreReadyAsync();
        if (isRolledBackTo)
        {
            await ecus.A.RollBackAsync("SheepCounter");
            await ecus.A.SnapshotsAreReadyAsync();
        }

        await ecus.A.StopAsync("SheepCounter", Ecus.Soon);
        await ecus.A.DropSnapshotAsync("SheepCounter@1", Ecus.Soon);

        await Holdings.AreAsync(before, "the snapshot");
    }

    [Fact]
    public async Task Nothing_is_left_of_snapshots_that_were_dropped()
    {
        await using Ecus ecus = new();
        await PrepareAsync(ecus);
        await ecus.A.RunToEndAsync(Programs.Examiner, "refused");
        Holdings before = Holdings.Now();
        await ecus.A.RunSheepCounterAsync(20);
        await ecus.A.NextCountAsync();
        await ecus.A.SnapshotAsync("SheepCounter");
        await ecus.A.SnapshotAsync("SheepCounter");
        await ecus.A.RollBackAsync("SheepCounter", "SheepCounter@1");

        await ecus.A.DropSnapshotAsync("SheepCounter@2", Ecus.Soon);
        await ecus.A.StopAsync("SheepCounter", Ecus.Soon);
        await ecus.A.DropSnapshotAsync("SheepCounter@1", Ecus.Soon);

        await Holdings.AreAsync(before, "the snapshots");
    }

    /// <summary>Returns when one snapshot is ready, and no other.</summary>
    private static async Task ReadyAsync(INodeOperations node, string snapshot)
    {
        CancellationToken soon = Ecus.Soon;
        while (true)
        {
            string[] ready = [.. (await node.ListSnapshotsAsync(soon)).Where(kept => kept.IsReady).Select(kept => kept.Name)];
            if (ready.SequenceEqual([snapshot]))
                return;
            await Task.Yield();
        }
    }

    private static Task PrepareAsync(Ecus ecus) =>
        Task.WhenAll(((NodeRuntime)ecus.A).Prepared, ((NodeRuntime)ecus.B).Prepared); // both read files until then

    private static async Task RollBackAsync(INodeOperations node, int kept)
    {
        RollbackReport report = await node.RollBackAsync("SheepCounter");
        Assert.Equal(kept + 1, await node.NextCountAsync(afterSequence: report.LogSequence));
    }

    private static async Task ErrorAsync(NodeErrorCode expected, Func<Task> operation) =>
        Assert.Equal(expected, (await Assert.ThrowsAsync<NodeOperationException>(operation)).Code);

    private static async Task<int> ProcessOfAsync(INodeOperations node, string name) =>
        (await node.ListAsync()).Single(component => component.Name == name).ProcessId;

    private static string Namespace(int process) => File.ResolveLinkTarget($"/proc/{process}/ns/pid", returnFinalTarget: false)!.Name;

    private static bool IsRound(string line) => line.StartsWith("round ", StringComparison.Ordinal);

    private static long Round(string line) => long.Parse(line.Split(' ', ':')[1]);
}
