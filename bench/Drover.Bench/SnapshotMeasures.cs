using System.Diagnostics;
using Drover.Node;
using Drover.Node.Operations;

namespace Drover.Bench;

/// <summary>Snapshots kept in memory: what taking one, rolling back to it and making a clone of it take. The components write a line
/// every millisecond.</summary>
internal static class SnapshotMeasures
{
    private const double SheepTargetMs = 3;
    private const double LargeTargetMs = 20;
    private const string Clone = "clone";

    public static async Task<IReadOnlyList<Measure>> RunAsync(BenchContext context, CancellationToken cancel)
    {
        ILocalNode node = context.Source;
        List<Measure> measures = [];
        ComponentInfo sheep = await node.RunSheepCounterAsync(1, cancel).ConfigureAwait(false);
        await node.WaitForLineAsync(sheep.Name, "sheep 100", cancel).ConfigureAwait(false);
        // A clone of it is refused: it would offer the same service.
        Subject subject = new(sheep.Name, "SheepCounter", "sheep ", context.Options.WarmUps, context.Options.Runs, CanBeCloned: false);
        measures.AddRange(await RunAsync(node, subject, SheepTargetMs, cancel).ConfigureAwait(false));

        ComponentInfo small = await FlockOrder.Small.StartAsync(node, "flock", cancel).ConfigureAwait(false);
        await node.WaitForLineAsync(small.Name, "round 10", cancel).ConfigureAwait(false);
        subject = new Subject(small.Name, "a small component", "round ", context.Options.Large(10, 4), context.Options.Large(20, 7));
        measures.AddRange(await RunAsync(node, subject, null, cancel).ConfigureAwait(false));

        ComponentInfo flock = await new FlockOrder(1024, Percent: 0.01, EveryMs: 1).StartAsync(node, "flock", cancel).ConfigureAwait(false);
        await node.WaitForLineAsync(flock.Name, "round 10", cancel).ConfigureAwait(false);
        subject = new Subject(flock.Name, "1 GiB", "round ", 3, context.Options.Large(10, 4));
        measures.AddRange(await RunAsync(node, subject, LargeTargetMs, cancel).ConfigureAwait(false));
        return measures;
    }

    private static async Task<IReadOnlyList<Measure>> RunAsync(ILocalNode node, Subject subject, double? targetMs, CancellationToken cancel)
    {
        List<double> pauses = [];
        List<double> rollbacks = [];
        List<double> lines = [];
        List<double> repeated = [];
        List<double> clones = [];
        for (int i = -subject.WarmUps; i < subject.Runs; i++)
        {
            SnapshotReport snapshot = await node.SnapshotAsync(new SnapshotRequest(subject.Name), cancel).ConfigureAwait(false);
            // It has gone on since, as one that is rolled back has.
            await node.NextLineAsync(subject.Name, subject.Line, cancel).ConfigureAwait(false);
            while (!(await node.ListSnapshotsAsync(cancel).ConfigureAwait(false)).All(kept => kept.IsReady))
                await Task.Delay(5, cancel).ConfigureAwait(false);
            long start = Stopwatch.GetTimestamp();
            RollbackReport rollback = await node.RollBackAsync(new RollbackRequest(subject.Name, snapshot.Snapshot), cancel).ConfigureAwait(false);
            await node.WaitForLineAsync(subject.Name, subject.Line, cancel, rollback.LogSequence).ConfigureAwait(false);
            double untilLine = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            // Again, before the memory could be copied once more.
            RollbackReport again = await node.RollBackAsync(new RollbackRequest(subject.Name, snapshot.Snapshot), cancel).ConfigureAwait(false);
            await node.WaitForLineAsync(subject.Name, subject.Line, cancel, again.LogSequence).ConfigureAwait(false);
            Pinning.Check(await node.CurrentAsync(subject.Name, cancel).ConfigureAwait(false));
            double? cloned = subject.CanBeCloned ? await CloneAsync(node, snapshot.Snapshot, subject, cancel).ConfigureAwait(false) : null;
            await node.DropSnapshotAsync(snapshot.Snapshot, cancel).ConfigureAwait(false);
            if (i < 0)
                continue;
            pauses.Add(snapshot.PauseMs);
            rollbacks.Add(rollback.RollbackMs);
            lines.Add(untilLine);
            repeated.Add(again.RollbackMs);
            if (cloned is { } figure)
                clones.Add(figure);
        }

        await node.StopAsync(subject.Name, cancel).ConfigureAwait(false);
        return
        [
            new Measure($"pause of {subject.Title} for a snapshot", "ms", null, pauses),
            new Measure($"roll back of {subject.Title} to a snapshot, until it runs", "ms", targetMs, rollbacks),
            new Measure($"roll back of {subject.Title}, until its next line", "ms", null, lines),
            new Measure($"roll back of {subject.Title} once more, at once, until it runs", "ms", null, repeated),
            .. subject.CanBeCloned ? [new Measure($"clone of {subject.Title} from a snapshot, until it runs", "ms", null, clones)] : Array.Empty<Measure>(),
        ];
    }

    private static async Task<double> CloneAsync(ILocalNode node, string snapshot, Subject subject, CancellationToken cancel)
    {
        CloneReport clone = await node.CloneAsync(new CloneRequest(snapshot, Clone), cancel).ConfigureAwait(false);
        string name = clone.Clones[0].Name;
        await node.WaitForLineAsync(name, subject.Line, cancel).ConfigureAwait(false);
        await node.StopAsync(name, cancel).ConfigureAwait(false);
        return clone.TotalMs;
    }

    private sealed record Subject(string Name, string Title, string Line, int WarmUps, int Runs, bool CanBeCloned = true);
}
