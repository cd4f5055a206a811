using Drover.Contracts.Sessions;
using Drover.Images.State;
using Drover.Monitor;
using Drover.Monitor.Checkpoint;
using Drover.Monitor.Logging;
using Drover.Monitor.Snapshots;
using Drover.Node.Operations;

namespace Drover.Node;

/// <summary>Turns what the monitor knows into what a node tells.</summary>
internal static class Reports
{
    public static ComponentInfo Describe(MonitoredComponent component)
    {
        bool ended = component.Ended.IsCompleted;
        QuotaAccount ram = component.Domain.RamAccount;
        QuotaAccount capabilities = component.Domain.CapabilityAccount;
        return new ComponentInfo
        {
            Name = component.Name,
            State = ended ? ComponentState.Ended : ComponentState.Running,
            Program = component.Launch.Arguments.Count > 1 && component.Launch.Arguments[1].EndsWith(".dll", StringComparison.Ordinal)
                ? component.Launch.Arguments[1]
                : component.Launch.Executable,
            ProcessId = component.HostProcessId,
            StartedAt = component.StartedAt,
            Restored = component.IsRestored,
            Quota = new QuotaInfo(ram.Limit, ram.Used, Count(capabilities.Limit), Count(capabilities.Used)),
            Exit = ended ? Exit(component.Ended.Result) : null,
        };
    }

    public static CheckpointReport Checkpoint(CheckpointOutcome outcome, string node) => new()
    {
        Name = outcome.Manifest.ComponentName,
        Node = node,
        Image = new ImageInfo(outcome.Directory, outcome.Bytes),
        PauseMs = outcome.Pause.TotalMilliseconds,
        TotalMs = outcome.Total.TotalMilliseconds,
        Rounds = outcome.Rounds?.Select(round => new PreCopyRoundInfo(round.Bytes, round.Duration.TotalMilliseconds)).ToList(),
        Capabilities = Capabilities(outcome.Manifest.Domain),
        LogSequence = outcome.LogSequence,
    };

    public static SnapshotReport Snapshot(ComponentSnapshot snapshot, string node) => new()
    {
        Snapshot = snapshot.Name,
        Name = snapshot.ComponentName,
        Node = node,
        PauseMs = snapshot.Pause.TotalMilliseconds,
        TotalMs = snapshot.Total.TotalMilliseconds,
        Capabilities = Capabilities(snapshot.Manifest.Domain),
        LogSequence = snapshot.LogSequence,
    };

    public static SnapshotInfo Describe(ComponentSnapshot snapshot) => new()
    {
        Name = snapshot.Name,
        Component = snapshot.ComponentName,
        TakenAt = snapshot.Manifest.Created,
        MemoryBytes = snapshot.HeldBytes,
        PauseMs = snapshot.Pause.TotalMilliseconds,
        IsReady = snapshot.IsReady,
    };

    public static ComponentExit Exit(ComponentEnd end) => end.Reason switch
    {
        EndReason.Stopped => new ComponentExit(ExitReason.Stopped),
        EndReason.Checkpointed => new ComponentExit(ExitReason.Checkpointed),
        EndReason.RolledBack => new ComponentExit(ExitReason.RolledBack),
        EndReason.Faulted => new ComponentExit(ExitReason.Faulted, Fault: end.Exit.Trouble),
        EndReason.Crashed => new ComponentExit(ExitReason.Crashed, Signal: end.Exit.Signal),
        _ => new ComponentExit(ExitReason.Exited, end.Exit.Status),
    };

    public static async IAsyncEnumerable<LogEntry> Log(IAsyncEnumerable<LogLine> lines)
    {
        await foreach (LogLine line in lines.ConfigureAwait(false))
        {
            yield return new LogEntry(line.Sequence, line.Time, line.Origin switch
            {
                LogOrigin.Error => LogStream.Error,
                LogOrigin.Node => LogStream.Node,
                _ => LogStream.Output,
            }, line.Text);
        }
    }

    public static IReadOnlyList<CapabilityInfo> Capabilities(DomainState domain)
    {
        Dictionary<ObjectId, ObjectState> objects = domain.Objects.ToDictionary(entry => entry.Id);
        return [.. domain.Capabilities.Select(held => Capability(held, objects[held.Object]))];
    }

    public static CapabilityInfo Capability(CapabilityState held, ObjectState target) =>
        new(KindName(target.Kind), target.Label, held.Selector, held.Badge);

    public static int Count(ulong value) => (int)Math.Min(value, int.MaxValue);

    public static string KindName(ObjectKind kind) => kind switch
    {
        ObjectKind.PdSession => "PD",
        ObjectKind.CpuSession => "CPU",
        ObjectKind.RmSession => "RM",
        ObjectKind.RomSession => "ROM",
        ObjectKind.LogSession => "LOG",
        ObjectKind.TimerSession => "Timer",
        ObjectKind.ForeignSession => "Session",
        _ => kind.ToString(),
    };
}
