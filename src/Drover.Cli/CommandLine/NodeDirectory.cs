using Drover.Node;
using Drover.Node.Api;
using Drover.Node.Operations;

namespace Drover.Cli.CommandLine;

/// <summary>A node that answered, and the way to it.</summary>
internal sealed record ReachedNode(NodeInfo Info, NodeClient Client);

/// <summary>Finds the node that a command is meant for.</summary>
internal static class NodeDirectory
{
    private static readonly TimeSpan PatienceWithNode = TimeSpan.FromSeconds(5);

    /// <summary>The node named on the command line or in the environment, or the only one there is.</summary>
    public static async Task<ReachedNode> FindAsync(string? nameOrSocket, CancellationToken cancel)
    {
        if (Named(nameOrSocket) is { } named)
            return await ReachAsync(NodeSocketPath.Resolve(named), cancel);
        IReadOnlyList<ReachedNode> nodes = await AllAsync(cancel);
        return nodes.Count switch
        {
            1 => nodes[0],
            0 => throw NoNode(),
            _ => throw Ambiguous(nodes.Select(node => node.Info.Name)),
        };
    }

    /// <summary>The node that has the component: with several nodes and none named, each is asked.</summary>
    public static async Task<ReachedNode> FindWithComponentAsync(
        string component, string? nameOrSocket, CancellationToken cancel)
    {
        if (Named(nameOrSocket) is { } named)
            return await ReachAsync(NodeSocketPath.Resolve(named), cancel);
        IReadOnlyList<ReachedNode> nodes = await AllAsync(cancel);
        if (nodes.Count <= 1)
            return nodes.Count == 1 ? nodes[0] : throw NoNode();

        var holders = new List<(ReachedNode Node, ComponentState State)>();
        foreach (ReachedNode node in nodes)
        {
            IReadOnlyList<ComponentInfo> components = await node.Client.ListAsync(cancel);
            if (components.FirstOrDefault(c => c.Name == component) is { } found)
                holders.Add((node, found.State));
        }

        // One that ended by a checkpoint stays known where it was; the running one is meant.
        if (holders.Count > 1 && holders.Count(h => h.State == ComponentState.Running) == 1)
            holders.RemoveAll(h => h.State != ComponentState.Running);
        return holders.Count switch
        {
            1 => holders[0].Node,
            0 => throw new NodeOperationException(
                NodeErrorCode.NoSuchComponent,
                $"No node has a component '{component}'; asked were {string.Join(", ", nodes.Select(n => n.Info.Name))}.",
                "'drover ps' lists the components."),
            _ => throw Ambiguous(holders.Select(h => h.Node.Info.Name)),
        };
    }

    /// <summary>The node that keeps the snapshot.</summary>
    public static async Task<ReachedNode> FindWithSnapshotAsync(string snapshot, string? nameOrSocket, CancellationToken cancel) =>
        await FindKeeperAsync(snapshot, nameOrSocket, cancel)
        ?? throw new NodeOperationException(
            NodeErrorCode.NoSuchSnapshot, $"No node of this machine keeps a snapshot '{snapshot}'.", "'drover snapshots' lists them.");

    /// <summary>The node that keeps a snapshot of that name, or else has a component of that name.</summary>
    public static async Task<ReachedNode> FindWithSourceAsync(string source, string? nameOrSocket, CancellationToken cancel) =>
        await FindKeeperAsync(source, nameOrSocket, cancel) ?? await FindWithComponentAsync(source, nameOrSocket, cancel);

    /// <summary>With one node, or one that is named, it is that one: it says itself what it lacks.</summary>
    private static async Task<ReachedNode?> FindKeeperAsync(string snapshot, string? nameOrSocket, CancellationToken cancel)
    {
        if (Named(nameOrSocket) is { } named)
            return await ReachAsync(NodeSocketPath.Resolve(named), cancel);
        IReadOnlyList<ReachedNode> nodes = await AllAsync(cancel);
        if (nodes.Count <= 1)
            return nodes.Count == 1 ? nodes[0] : throw NoNode();
        List<ReachedNode> keepers = [];
        foreach (ReachedNode node in nodes)
        {
            if ((await node.Client.ListSnapshotsAsync(cancel)).Any(kept => kept.Name == snapshot))
                keepers.Add(node);
        }

        return keepers.Count > 1 ? throw Ambiguous(keepers.Select(keeper => keeper.Info.Name)) : keepers.FirstOrDefault();
    }

    /// <summary>The nodes that answer: the named one, or all that listen in the default directory.</summary>
    public static async Task<IReadOnlyList<ReachedNode>> ListAsync(string? nameOrSocket, CancellationToken cancel) =>
        Named(nameOrSocket) is { } named
            ? [await ReachAsync(NodeSocketPath.Resolve(named), cancel)]
            : await AllAsync(cancel);

    /// <summary>What the user named, if anything.</summary>
    public static string? Named(string? nameOrSocket)
    {
        string? named = nameOrSocket ?? Environment.GetEnvironmentVariable("DROVER_NODE");
        return string.IsNullOrEmpty(named) ? null : named;
    }

    public static NodeOperationException NoNode() => new(
        NodeErrorCode.NodeNotRunning,
        $"No node is running (looked in '{NodeSocketPath.DefaultDirectory()}').",
        "Start one with 'drover node --name NAME', or name one with --node.");

    private static async Task<IReadOnlyList<ReachedNode>> AllAsync(CancellationToken cancel)
    {
        var nodes = new List<ReachedNode>();
        foreach (string socket in NodeSocketPath.InDefaultDirectory())
        {
            try
            {
                nodes.Add(await ReachAsync(socket, cancel));
            }
            catch (NodeOperationException e) when (e.Code is NodeErrorCode.NodeNotRunning)
            {
                // What a killed node left; the next one of that name clears it.
            }
        }

        return nodes;
    }

    private static async Task<ReachedNode> ReachAsync(string socket, CancellationToken cancel)
    {
        var client = new NodeClient(socket);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(PatienceWithNode);
        try
        {
            return new ReachedNode(await client.DescribeAsync(patience.Token), client);
        }
        catch (Exception e)
        {
            client.Dispose();
            if (e is OperationCanceledException && !cancel.IsCancellationRequested)
            {
                throw new NodeOperationException(
                    NodeErrorCode.Internal,
                    $"The node at '{socket}' does not answer.",
                    "It may be stopped or overloaded; look at its own output, or end it and start it again.",
                    e);
            }

            throw;
        }
    }

    private static NodeOperationException Ambiguous(IEnumerable<string> names) => new(
        NodeErrorCode.InvalidRequest,
        $"Several nodes are meant: {string.Join(", ", names)}.",
        "Say which with --node NAME.");
}
