using Drover.Node;
using Drover.Node.Operations;
using Drover.Platform.Faults;

namespace Drover.Scenarios;

/// <summary>
/// A roll back that fails leaves the component as it was, or built of the snapshot in a slower way, or ended with the reason;
/// the snapshot is there in each case, and the next roll back to it works.
/// </summary>
public sealed class S19SnapshotFaults
{
    /// <summary>Here nothing of the component has been touched yet.</summary>
    private static readonly FaultPoint[] s_checks =
        [FaultPoint.RestoreCheckMachine, FaultPoint.RestoreCheckFiles, FaultPoint.RollbackEnd];

    /// <summary>Steps of building a process, which is then built in another way.</summary>
    private static readonly FaultPoint[] s_madeGood =
    [
        FaultPoint.RollbackForkMemory, FaultPoint.RollbackMapDataspaces, FaultPoint.RestoreEnterTime, FaultPoint.RestoreInstallFilter,
        FaultPoint.RestorePlaceDescriptors, FaultPoint.RestoreMakeThreads, FaultPoint.RestoreKeepProcess,
    ];

    private static readonly FaultPoint[] s_ending =
    [
        FaultPoint.RollbackRebuild, FaultPoint.RestoreCreateDomain, FaultPoint.RestoreLoadModules, FaultPoint.RestoreProvideWellKnown,
        FaultPoint.RestoreOpenSession, FaultPoint.RestoreKeepSession, FaultPoint.RestoreAnnounce, FaultPoint.RestoreFillMemory,
        FaultPoint.RestoreInstall, FaultPoint.RestoreRelocateTables, FaultPoint.RestoreBuildProcess, FaultPoint.RestoreCommit,
        FaultPoint.RestoreReport, FaultPoint.RestoreStart,
    ];

    [Fact]
    public async Task Snapshot_that_fails_at_any_step_leaves_nothing_and_the_component_goes_on()
    {
        FaultPoints faults = new();
        await using Ecus ecus = new(faults);
        await StartAsync(ecus);
        await ecus.A.SnapshotAsync("SheepCounter");
        await ecus.A.SnapshotsAreReadyAsync();
        Holdings before = Holdings.Now();

        foreach (FaultPoint point in Enum.GetValues<FaultPoint>().Where(IsOfSnapshot))
        {
            faults.Arm(point);
            NodeOperationException failure = await Assert.ThrowsAsync<NodeOperationException>(() => ecus.A.SnapshotAsync("SheepCounter"));

            Assert.Contains(FaultPointNames.Of(point), failure.Message, StringComparison.Ordinal);
            Assert.Single(await ecus.A.ListSnapshotsAsync());
            await Holdings.AreAsync(before, $"{point}");
            long now = (await ecus.A.LogAsync("SheepCounter"))[^1].Sequence;
            Assert.Equal(await ecus.A.LastCountAsync(now) + 1, await ecus.A.NextCountAsync(afterSequence: now));
        }
    }

    [Fact]
    public async Task Roll_back_that_fails_at_a_check_leaves_the_component_as_it_was()
    {
        FaultPoints faults = new();
        await using Ecus ecus = new(faults);
        await StartAsync(ecus);
        await ecus.A.SnapshotAsync("SheepCounter");
        int process = (await ecus.A.ListAsync())[0].ProcessId;

        foreach (FaultPoint point in s_checks)
        {
            await FailAsync(ecus, faults, point);

            Assert.Equal(process, (await ecus.A.ListAsync())[0].ProcessId);
            long now = (await ecus.A.LogAsync("SheepCounter"))[^1].Sequence;
            Assert.Equal(await ecus.A.LastCountAsync(now) + 1, await ecus.A.NextCountAsync(afterSequence: now));
        }
    }

    [Fact]
    public async Task Roll_back_that_could_not_be_made_ready_makes_its_copy_itself()
    {
        FaultPoints faults = new();
        await using Ecus ecus = new(faults);
        await StartAsync(ecus);
        faults.Arm(FaultPoint.SnapshotMakeReady);
        SnapshotReport snapshot = await ecus.A.SnapshotAsync("SheepCounter");
        CancellationToken soon = Ecus.Soon;
        while (ecus.FaultsOfA.Count == 0)
        {
            soon.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        int kept = await ecus.A.LastCountAsync(snapshot.LogSequence);
        Assert.False(Assert.Single(await ecus.A.ListSnapshotsAsync()).IsReady);
        RollbackReport report = await ecus.A.RollBackAsync("SheepCounter");

        Assert.Equal(kept + 1, await ecus.A.NextCountAsync(afterSequence: report.LogSequence));
        Assert.Contains(FaultPointNames.Of(FaultPoint.SnapshotMakeReady), Assert.Single(ecus.FaultsOfA), StringComparison.Ordinal);
        await ecus.A.SnapshotsAreReadyAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Roll_back_whose_copy_of_the_process_fails_builds_it_anew(bool isReady)
    {
        FaultPoints faults = new();
        await using Ecus ecus = new(faults);
        await StartAsync(ecus);
        foreach (FaultPoint point in s_madeGood)
        {
            SnapshotReport snapshot = await ecus.A.SnapshotAsync("SheepCounter");
            int kept = await ecus.A.LastCountAsync(snapshot.LogSequence);
            if (isReady)
                await ecus.A.SnapshotsAreReadyAsync();
            faults.Arm(point);

            RollbackReport report = await ecus.A.RollBackAsync("SheepCounter");

            Assert.Equal(kept + 1, await ecus.A.NextCountAsync(afterSequence: report.LogSequence));
            Assert.Contains(FaultPointNames.Of(point), ecus.FaultsOfA.Last(), StringComparison.Ordinal);
            await ecus.A.DropSnapshotAsync(snapshot.Snapshot, Ecus.Soon);
        }

        Assert.Equal(s_madeGood.Length, ecus.FaultsOfA.Count);
    }

    [Fact]
    public async Task Roll_back_that_fails_later_leaves_the_component_ended_with_the_reason_and_can_be_tried_again()
    {
        FaultPoints faults = new();
        await using Ecus ecus = new(faults);
        await Task.WhenAll(((NodeRuntime)ecus.A).Prepared, ((NodeRuntime)ecus.B).Prepared);
        await ecus.A.RunToEndAsync(Programs.Examiner, "refused");
        Holdings before = Holdings.Now();
        await StartAsync(ecus);
        SnapshotReport snapshot = await ecus.A.SnapshotAsync("SheepCounter");
        int kept = await ecus.A.LastCountAsync(snapshot.LogSequence);

        foreach (FaultPoint point in s_ending)
        {
            NodeOperationException failure = await FailAsync(ecus, faults, point);

            Assert.Contains("SheepCounter has ended", failure.Message, StringComparison.Ordinal);
            Assert.Equal(ExitReason.RolledBack, (await ecus.A.WaitForExitAsync("SheepCounter", Ecus.Soon)).Reason);
            await ecus.A.RollBackAsync("SheepCounter");
            Assert.Equal(kept + 1, await ecus.A.NextCountAsync());
        }

        await ecus.A.StopAsync("SheepCounter", Ecus.Soon);
        await ecus.A.DropSnapshotAsync(snapshot.Snapshot, Ecus.Soon);
        await Holdings.AreAsync(before, "all failures");
    }

    private static bool IsOfSnapshot(FaultPoint point) => point is FaultPoint.SnapshotKeep
        || (point is >= FaultPoint.CheckpointRecogniseFiles and <= FaultPoint.CheckpointCheckTables
            && !point.ToString().Contains("PreCopy", StringComparison.Ordinal));

    private static async Task<NodeOperationException> FailAsync(Ecus ecus, FaultPoints faults, FaultPoint point)
    {
        faults.Arm(point);
        NodeOperationException failure = await Assert.ThrowsAsync<NodeOperationException>(() => ecus.A.RollBackAsync("SheepCounter"));
        Assert.Contains(FaultPointNames.Of(point), failure.Message, StringComparison.Ordinal);
        Assert.Single(await ecus.A.ListSnapshotsAsync());
        return failure;
    }

    private static async Task StartAsync(Ecus ecus)
    {
        await Task.WhenAll(((NodeRuntime)ecus.A).Prepared, ((NodeRuntime)ecus.B).Prepared); // both read files until then
        await ecus.A.RunSheepCounterAsync(20);
        await ecus.A.NextCountAsync();
    }
}
