using Drover.Node.Operations;

namespace Drover.Node;

/// <summary>
/// What one node can be asked to do. The node itself implements it, and so does the client that speaks to it over its
/// socket, so that a command does not know which it holds.
/// </summary>
/// <remarks>
/// Refusals and failures are <see cref="NodeOperationException"/>. All paths are absolute paths on the node's machine.
/// A component that ended stays known, with its exit and its log, until its name is used again or the node ends.
/// Cancelling any call leaves the components as they are. Safe for use by any thread.
/// </remarks>
public interface INodeOperations
{
    /// <summary>Who the node is.</summary>
    Task<NodeInfo> DescribeAsync(CancellationToken cancel = default);

    /// <summary>Starts a component; returns once its process runs.</summary>
    Task<ComponentInfo> RunAsync(RunRequest request, CancellationToken cancel = default);

    /// <summary>The components of the node, ended ones included, by name.</summary>
    Task<IReadOnlyList<ComponentInfo>> ListAsync(CancellationToken cancel = default);

    /// <summary>Ends a component and returns when it is gone. One that had ended already just tells its exit.</summary>
    Task<ComponentExit> StopAsync(string name, CancellationToken cancel = default);

    /// <summary>Writes an image of a running component. Unless it is left running, the component has ended with
    /// <see cref="ExitReason.Checkpointed"/> when this returns; after a failure it runs on as if nothing had been
    /// asked.</summary>
    Task<CheckpointReport> CheckpointAsync(CheckpointRequest request, CancellationToken cancel = default);

    /// <summary>Writes one image of several running components, all as of one moment: what they have with each other (calls
    /// in flight, sessions, shared memory) goes on wherever it is restored. Otherwise as <see cref="CheckpointAsync"/>.</summary>
    Task<GroupCheckpointReport> CheckpointGroupAsync(GroupCheckpointRequest request, CancellationToken cancel = default);

    /// <summary>Builds all components of a group's image, under their recorded names, or none; returns once they
    /// run.</summary>
    Task<GroupRestoreReport> RestoreGroupAsync(GroupRestoreRequest request, CancellationToken cancel = default);

    /// <summary>Builds a component from an image; returns once it runs. A refused image leaves nothing behind.</summary>
    Task<RestoreReport> RestoreAsync(RestoreRequest request, CancellationToken cancel = default);

    /// <summary>Keeps a running component in memory as it is at one moment; it runs on. The snapshot is there until it is dropped
    /// or the node ends, whatever becomes of the component.</summary>
    Task<SnapshotReport> SnapshotAsync(SnapshotRequest request, CancellationToken cancel = default);

    /// <summary>The snapshots of the node, by component, oldest first.</summary>
    Task<IReadOnlyList<SnapshotInfo>> ListSnapshotsAsync(CancellationToken cancel = default);

    /// <summary>Gives a snapshot back.</summary>
    Task DropSnapshotAsync(string name, CancellationToken cancel = default);

    /// <summary>Ends a component and builds in its place, under its name and with its log, what a snapshot holds; returns once
    /// that runs. If a check fails the component runs on; what fails later leaves it ended. The snapshot stays in either case. One
    /// that has ended is built just so.</summary>
    Task<RollbackReport> RollBackAsync(RollbackRequest request, CancellationToken cancel = default);

    /// <summary>Builds components from a snapshot, or from a running component as it is now; returns once they run. All or
    /// none.</summary>
    Task<CloneReport> CloneAsync(CloneRequest request, CancellationToken cancel = default);

    /// <summary>The log of a component, oldest first, from <paramref name="afterSequence"/> (exclusive; 0 for all).
    /// With <paramref name="follow"/> it goes on until the component has ended and its last line was given.</summary>
    IAsyncEnumerable<LogEntry> ReadLogAsync(
        string name, long afterSequence, bool follow, CancellationToken cancel = default);

    /// <summary>What the node knows of a component at one moment.</summary>
    Task<InspectReport> InspectAsync(string name, CancellationToken cancel = default);

    /// <summary>What an image holds; the image is checked first.</summary>
    Task<InspectReport> InspectImageAsync(string directory, CancellationToken cancel = default);

    /// <summary>What came of the checkpoints that a component was started with; of one that has ended too.</summary>
    Task<PeriodicReport> ListCheckpointsAsync(string name, CancellationToken cancel = default);

    /// <summary>Completes when the component has ended. One that is rolled back has not.</summary>
    Task<ComponentExit> WaitForExitAsync(string name, CancellationToken cancel = default);
}

/// <summary>A node that lives in this process. Disposing ends all of its components.</summary>
public interface ILocalNode : INodeOperations, IAsyncDisposable;
