using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Drover.Node;
using Drover.Node.Operations;

namespace Drover.Cli.Tests;

/// <summary>A node without processes: what the command line and the HTTP interface are tested against.</summary>
internal sealed class FakeNode(string name = "fake") : ILocalNode
{
    private readonly ConcurrentDictionary<string, FakeComponent> _components = new();

    public bool Disposed { get; private set; }

    /// <summary>Thrown by the next operations instead of doing them.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Completes when somebody waits for an exit.</summary>
    public TaskCompletionSource WaitBegan { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public List<CheckpointRequest> Checkpoints { get; } = [];

    public List<GroupCheckpointRequest> GroupCheckpoints { get; } = [];

    public List<RestoreRequest> Restores { get; } = [];

    public List<SnapshotInfo> Snapshots { get; } = [];

    public List<RollbackRequest> Rollbacks { get; } = [];

    public List<CloneRequest> Clones { get; } = [];

    /// <summary>Called with each component that starts.</summary>
    public Action<FakeComponent> OnStart { get; set; } = _ => { };

    public FakeComponent this[string component] => _components[component];

    public static IReadOnlyList<CapabilityInfo> Capabilities(ulong firstBadge) =>
    [
        new("PD", "SheepCounter", 2, firstBadge),
        new("LOG", "sheep", 5, firstBadge + 1),
        new("Gate", "own object 0", 9, 0xffff_ffff_0000_0000 + firstBadge),
    ];

    public Task<NodeInfo> DescribeAsync(CancellationToken cancel = default) =>
        Task.FromResult(new NodeInfo(name, 4711, "0.1.0", DateTimeOffset.UnixEpoch));

    public Task<ComponentInfo> RunAsync(RunRequest request, CancellationToken cancel = default)
    {
        ThrowIfFailing();
        var component = new FakeComponent(request);
        if (_components.TryGetValue(component.Name, out FakeComponent? former) && !former.Ended.Task.IsCompleted)
            throw new NodeOperationException(NodeErrorCode.NameTaken, $"'{component.Name}' runs already.", "Name it otherwise.");
        _components[component.Name] = component;
        OnStart(component);
        return Task.FromResult(component.Info());
    }

    public Task<IReadOnlyList<ComponentInfo>> ListAsync(CancellationToken cancel = default)
    {
        ThrowIfFailing();
        return Task.FromResult<IReadOnlyList<ComponentInfo>>([.. _components.Values.Select(c => c.Info())]);
    }

    public Task<ComponentExit> StopAsync(string component, CancellationToken cancel = default)
    {
        ThrowIfFailing();
        Find(component).End(new ComponentExit(ExitReason.Stopped));
        return Find(component).Ended.Task;
    }

    public Task<CheckpointReport> CheckpointAsync(CheckpointRequest request, CancellationToken cancel = default)
    {
        ThrowIfFailing();
        Checkpoints.Add(request);
        FakeComponent component = Find(request.Name);
        if (!request.LeaveRunning)
            component.End(new ComponentExit(ExitReason.Checkpointed));
        return Task.FromResult(new CheckpointReport
        {
            Name = request.Name,
            Node = name,
            Image = new ImageInfo(request.Directory, 12345678),
            PauseMs = 1.25,
            TotalMs = 20.5,
            Capabilities = Capabilities(100),
            LogSequence = 2,
        });
    }

    public Task<RestoreReport> RestoreAsync(RestoreRequest request, CancellationToken cancel = default)
    {
        ThrowIfFailing();
        Restores.Add(request);
        var component = new FakeComponent(new RunRequest { Program = "/x/SheepCounter.dll", Name = request.Name });
        _components[component.Name] = component;
        OnStart(component);
        return Task.FromResult(new RestoreReport
        {
            Name = component.Name,
            Node = name,
            ProcessId = 815,
            RestoreMs = 7.5,
            Capabilities = Capabilities(200),
        });
    }

    public async Task<GroupCheckpointReport> CheckpointGroupAsync(GroupCheckpointRequest request, CancellationToken cancel = default)
    {
        GroupCheckpoints.Add(request);
        var members = new List<CheckpointReport>();
        foreach (string member in request.Names)
            members.Add(await CheckpointAsync(new CheckpointRequest(member, Path.Combine(request.Directory, member), request.LeaveRunning), cancel));
        return new GroupCheckpointReport
        {
            Node = name,
            Image = new ImageInfo(request.Directory, 23456789),
            Members = members,
            PauseMs = 2.5,
            TotalMs = 41,
        };
    }

    public async Task<GroupRestoreReport> RestoreGroupAsync(GroupRestoreRequest request, CancellationToken cancel = default)
    {
        var members = new List<RestoreReport>();
        foreach (string member in (string[])["client", "server"])
            members.Add(await RestoreAsync(new RestoreRequest(Path.Combine(request.Directory, member), member), cancel));
        return new GroupRestoreReport { Node = name, Members = members, RestoreMs = 12.5 };
    }

    public Task<SnapshotReport> SnapshotAsync(SnapshotRequest request, CancellationToken cancel = default)
    {
        ThrowIfFailing();
        string component = Find(request.Name).Name;
        string snapshot = request.As ?? $"{component}@{Snapshots.Count + 1}";
        Snapshots.Add(new SnapshotInfo { Name = snapshot, Component = component, TakenAt = DateTimeOffset.UnixEpoch, MemoryBytes = 3 << 20, PauseMs = 1.5 });
        return Task.FromResult(new SnapshotReport
        {
            Snapshot = snapshot,
            Name = component,
            Node = name,
            PauseMs = 1.5,
            TotalMs = 2.5,
            Capabilities = Capabilities(100),
            LogSequence = 2,
        });
    }

    public Task<IReadOnlyList<SnapshotInfo>> ListSnapshotsAsync(CancellationToken cancel = default)
    {
        ThrowIfFailing();
        return Task.FromResult<IReadOnlyList<SnapshotInfo>>([.. Snapshots]);
    }

    public Task DropSnapshotAsync(string snapshot, CancellationToken cancel = default)
    {
        ThrowIfFailing();
        if (Snapshots.RemoveAll(kept => kept.Name == snapshot) == 0)
            throw new NodeOperationException(NodeErrorCode.NoSuchSnapshot, $"Node {name} keeps no snapshot '{snapshot}'.", "'drover snapshots' lists them.");
        return Task.CompletedTask;
    }

    public Task<RollbackReport> RollBackAsync(RollbackRequest request, CancellationToken cancel = default)
    {
        ThrowIfFailing();
        Rollbacks.Add(request);
        return Task.FromResult(new RollbackReport
        {
            Name = request.Name,
            Snapshot = request.Snapshot ?? Snapshots[^1].Name,
            Node = name,
            ProcessId = 816,
            RollbackMs = 2.75,
            Capabilities = Capabilities(300),
            LogSequence = 9,
        });
    }

    public async Task<CloneReport> CloneAsync(CloneRequest request, CancellationToken cancel = default)
    {
        Clones.Add(request);
        var clones = new List<RestoreReport>();
        for (int i = 1; i <= request.Count; i++)
            clones.Add(await RestoreAsync(new RestoreRequest("", $"{request.Name ?? "clone"}-{i}"), cancel));
        return new CloneReport { Source = request.Source, Node = name, Clones = clones, TotalMs = 14.5, PauseMs = 1.5 };
    }

    public async IAsyncEnumerable<LogEntry> ReadLogAsync(
        string component, long afterSequence, bool follow, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        await foreach (LogEntry entry in Find(component).ReadAsync(follow, cancel))
        {
            if (entry.Sequence > afterSequence)
                yield return entry;
        }
    }

    public Task<InspectReport> InspectAsync(string component, CancellationToken cancel = default) =>
        Task.FromResult(Report(Find(component).Name, null));

    public Task<InspectReport> InspectImageAsync(string directory, CancellationToken cancel = default)
    {
        ThrowIfFailing();
        return Task.FromResult(Report("SheepCounter", new ImageInfo(directory, 4096)));
    }

    public Task<PeriodicReport> ListCheckpointsAsync(string component, CancellationToken cancel = default)
    {
        ThrowIfFailing();
        PeriodicRequest request = Find(component).Request.Checkpoints
            ?? throw new NodeOperationException(NodeErrorCode.InvalidRequest, $"'{component}' is not checkpointed periodically.");
        return Task.FromResult(new PeriodicReport
        {
            Name = component,
            Node = name,
            Request = request,
            IsActive = true,
            Taken = 7,
            Failed = 1,
            Skipped = 2,
            Folds = 0,
            Pauses = new PauseSummary(7, 2.5, 4, 5),
            Images = [Path.Combine(request.Directory, "00000007")],
            Checkpoints =
            [
                new PeriodicCheckpoint("00000001", DateTimeOffset.UnixEpoch, IsDelta: false, 5, 20.5, 12345678),
                new PeriodicCheckpoint("00000007", DateTimeOffset.UnixEpoch, IsDelta: true, 2.5, 4.5, 4096),
            ],
        });
    }

    public Task<ComponentExit> WaitForExitAsync(string component, CancellationToken cancel = default)
    {
        WaitBegan.TrySetResult();
        return Find(component).Ended.Task.WaitAsync(cancel);
    }

    public ValueTask DisposeAsync()
    {
        Disposed = true;
        foreach (FakeComponent component in _components.Values)
            component.End(new ComponentExit(ExitReason.Stopped));
        return ValueTask.CompletedTask;
    }

    /// <summary>What inspecting gives instead of the usual.</summary>
    public InspectReport? Inspected { get; set; }

    private InspectReport Report(string component, ImageInfo? image) => Inspected ?? new InspectReport
    {
        Name = component,
        Node = name,
        Image = image,
        Program = "/x/SheepCounter.dll",
        Quota = new QuotaInfo(1 << 30, 1 << 20, 1000, 3),
        Sessions = [new SessionInfo("LOG", "sheep", "label=sheep", "")],
        Threads = [new ThreadInfo(2, "main\u001b[2J", "calling")],
        Memory = [new MemoryInfo(0x10000, 0x11000, "r-x", "private", "")],
        Capabilities =
        [
            new CapabilitySlotInfo(5, Capabilities(100)[1], new CapabilityMapEntryInfo(101, 1, 2)),
            new CapabilitySlotInfo(6, null, new CapabilityMapEntryInfo(7, 1, 1)),
        ],
        ObjectPool = [new ObjectPoolEntryInfo(0, 0xffff_ffff_0000_0064, 9)],
    };

    private FakeComponent Find(string component) =>
        _components.TryGetValue(component, out FakeComponent? found)
            ? found
            : throw new NodeOperationException(
                NodeErrorCode.NoSuchComponent, $"Node {name} has no component '{component}'.", "'drover ps' lists them.");

    private void ThrowIfFailing()
    {
        if (Failure is { } failure)
            throw failure;
    }
}

/// <summary>A component that is a log and an exit.</summary>
internal sealed class FakeComponent(RunRequest request)
{
    private readonly Channel<LogEntry> _live = Channel.CreateUnbounded<LogEntry>();
    private readonly ConcurrentQueue<LogEntry> _past = new();

    public string Name { get; } = request.Name ?? "SheepCounter";

    public RunRequest Request { get; } = request;

    public TaskCompletionSource<ComponentExit> Ended { get; } =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Write(string text, LogStream stream = LogStream.Output)
    {
        var entry = new LogEntry(_past.Count + 1, DateTimeOffset.UnixEpoch, stream, text);
        _past.Enqueue(entry);
        Assert.True(_live.Writer.TryWrite(entry));
    }

    public void End(ComponentExit exit)
    {
        _live.Writer.TryComplete();
        Ended.TrySetResult(exit);
    }

    public IAsyncEnumerable<LogEntry> ReadAsync(bool follow, CancellationToken cancel) =>
        follow ? _live.Reader.ReadAllAsync(cancel) : _past.ToAsyncEnumerable();

    public ComponentInfo Info() => new()
    {
        Name = Name,
        State = Ended.Task.IsCompleted ? ComponentState.Ended : ComponentState.Running,
        Program = Request.Program,
        ProcessId = 4712,
        StartedAt = DateTimeOffset.UnixEpoch,
        Quota = new QuotaInfo(1 << 30, 18 << 20, 1000, 12),
        Exit = Ended.Task.IsCompleted ? Ended.Task.Result : null,
    };
}
