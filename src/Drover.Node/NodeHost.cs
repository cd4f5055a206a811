using Drover.Node.Api;

namespace Drover.Node;

/// <summary>A node of this process together with the socket at which others reach it.</summary>
public sealed class NodeHost : IAsyncDisposable
{
    private readonly NodeServer _server;

    private NodeHost(ILocalNode node, NodeServer server)
    {
        Node = node;
        _server = server;
    }

    public ILocalNode Node { get; }

    public string SocketPath => _server.SocketPath;

    /// <summary>Lets others reach the node. Takes over the node, also if it fails.</summary>
    public static async Task<NodeHost> StartAsync(
        ILocalNode node, string socketPath, TextWriter diagnostics, CancellationToken cancel = default)
    {
        try
        {
            return new NodeHost(node, await NodeServer.StartAsync(node, socketPath, diagnostics, cancel));
        }
        catch
        {
            await node.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends the components first, so that whoever follows a log or waits for an exit still learns of it.</summary>
    public async ValueTask DisposeAsync()
    {
        _server.Drain();
        try
        {
            await Node.DisposeAsync();
        }
        finally
        {
            await _server.DisposeAsync();
        }
    }
}
