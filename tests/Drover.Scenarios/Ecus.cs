using System.Collections.Concurrent;
using Drover.Core.Capabilities;
using Drover.Node;
using Drover.Node.Operations;
using Drover.Platform.Faults;

namespace Drover.Scenarios;

/// <summary>The nodes of one scenario and a folder for its images. Each node has a core, badges and a tracer of its own.</summary>
internal sealed class Ecus : IAsyncDisposable
{
    /// <summary>Longer than anything takes on a machine that does many other things too.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly string _folder = Directory.CreateTempSubdirectory("drover-scenario-").FullName;
    private readonly List<ILocalNode> _nodes = [];
    private readonly ConcurrentQueue<string> _faults = [];
    private int _images;

    public Ecus()
        : this(new FaultPoints())
    {
    }

    /// <param name="faults">Steps that are to fail on purpose, on A and B alike.</param>
    public Ecus(FaultPoints faults)
    {
        A = Start(new NodeOptions("ecu-a") { Faults = faults, OnFault = (where, fault) => _faults.Enqueue($"{where}: {fault}") });
        B = Start(new NodeOptions("ecu-b") { Faults = faults });
    }

    /// <summary>What went wrong inside of node A.</summary>
    public IReadOnlyCollection<string> FaultsOfA => _faults;

    public ILocalNode A { get; }

    public ILocalNode B { get; }

    public static CancellationToken Soon => new CancellationTokenSource(Patience).Token;

    /// <summary>Another node.</summary>
    public ILocalNode Start(string name, IBadgeSource? badges = null) => Start(new NodeOptions(name) { Badges = badges });

    /// <summary>Another node, made as the options say.</summary>
    public ILocalNode Start(NodeOptions options)
    {
        ILocalNode node = NodeRuntime.Create(options);
        _nodes.Add(node);
        return node;
    }

    /// <summary>A path that no image has.</summary>
    public string NewImage() => Path.Combine(_folder, $"image-{++_images}");

    public string NewFile(string content)
    {
        string path = Path.Combine(_folder, $"file-{++_images}");
        File.WriteAllText(path, content);
        return path;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (ILocalNode node in _nodes)
            await node.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}

internal static class NodeSteps
{
    public static Task<ComponentInfo> RunSheepCounterAsync(this INodeOperations node, int milliseconds = 50) =>
        node.RunAsync(new RunRequest { Program = Programs.SheepCounter, Arguments = [$"{milliseconds}"] }, Ecus.Soon);

    /// <summary>Runs a component to its end and gives its output. Fails with its log if it does not exit with 0.</summary>
    public static async Task<IReadOnlyList<string>> RunToEndAsync(this INodeOperations node, string program, params string[] arguments)
    {
        ComponentInfo info = await node.RunAsync(new RunRequest { Program = program, Arguments = arguments }, Ecus.Soon);
        ComponentExit exit = await node.WaitForExitAsync(info.Name, Ecus.Soon);
        IReadOnlyList<LogEntry> log = await node.LogAsync(info.Name);
        Assert.True(
            exit is { Reason: ExitReason.Exited, Status: 0 }, $"{exit}\n{string.Join('\n', log.Select(entry => entry.Text))}");
        return [.. log.Where(entry => entry.Stream == LogStream.Output).Select(entry => entry.Text)];
    }

    public static async Task<IReadOnlyList<LogEntry>> LogAsync(this INodeOperations node, string name)
    {
        List<LogEntry> entries = [];
        await foreach (LogEntry entry in node.ReadLogAsync(name, 0, follow: false, Ecus.Soon))
            entries.Add(entry);
        return entries;
    }

    /// <summary>Waits for a line after a given one and gives it.</summary>
    public static async Task<LogEntry> WaitForLineAsync(
        this INodeOperations node, string name, Func<string, bool> wanted, long afterSequence = 0)
    {
        List<string> seen = [];
        await foreach (LogEntry entry in node.ReadLogAsync(name, afterSequence, follow: true, Ecus.Soon))
        {
            if (wanted(entry.Text))
                return entry;
            seen.Add(entry.Text);
        }

        throw new InvalidOperationException($"{name} ended before the line came; it wrote:\n{string.Join('\n', seen)}");
    }

    /// <summary>The next sheep that is counted.</summary>
    /// <summary>Returns when each of the node's components that a snapshot was taken of has one that is ready to be rolled back to.</summary>
    public static async Task SnapshotsAreReadyAsync(this INodeOperations node)
    {
        CancellationToken soon = Ecus.Soon;
        while ((await node.ListSnapshotsAsync(soon)).GroupBy(snapshot => snapshot.Component).Any(kept => !kept.Any(snapshot => snapshot.IsReady)))
            await Task.Yield();
    }

    public static async Task<int> NextCountAsync(this INodeOperations node, string name = "SheepCounter", long afterSequence = 0) =>
        Count((await node.WaitForLineAsync(name, IsCount, afterSequence)).Text);

    /// <summary>The last sheep counted up to a line of the log.</summary>
    public static async Task<int> LastCountAsync(this INodeOperations node, long upToSequence, string name = "SheepCounter") =>
        Count((await node.LogAsync(name)).Last(entry => entry.Sequence <= upToSequence && IsCount(entry.Text)).Text);

    public static Task<CheckpointReport> CheckpointAsync(this INodeOperations node, string name, string image, bool leaveRunning = false) =>
        node.CheckpointAsync(new CheckpointRequest(name, image, leaveRunning), Ecus.Soon);

    public static Task<SnapshotReport> SnapshotAsync(this INodeOperations node, string name, string? wanted = null) =>
        node.SnapshotAsync(new SnapshotRequest(name, wanted), Ecus.Soon);

    public static Task<RollbackReport> RollBackAsync(this INodeOperations node, string name, string? snapshot = null) =>
        node.RollBackAsync(new RollbackRequest(name, snapshot), Ecus.Soon);

    public static Task<RestoreReport> RestoreAsync(this INodeOperations node, string image, string? name = null) =>
        node.RestoreAsync(new RestoreRequest(image, name), Ecus.Soon);

    private static bool IsCount(string line) => line.StartsWith("sheep ", StringComparison.Ordinal) && char.IsDigit(line[^1]);

    private static int Count(string line) => int.Parse(line["sheep ".Length..]);
}
