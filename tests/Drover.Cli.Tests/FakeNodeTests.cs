using Drover.Node.Api;

namespace Drover.Cli.Tests;

/// <summary>Tests against a node behind a real socket that does nothing but remember what it was asked for.</summary>
public abstract class FakeNodeTests : IAsyncLifetime, IDisposable
{
    private readonly ScratchDirectory _scratch = new();
    private NodeServer _server = null!;

    private protected ScratchDirectory Scratch => _scratch;

    private protected FakeNode Node { get; } = new();

    private protected string Socket => _scratch.File("node.sock");

    public async Task InitializeAsync() => _server = await NodeServer.StartAsync(Node, Socket, TextWriter.Null);

    public async Task DisposeAsync()
    {
        await Node.DisposeAsync();
        await _server.DisposeAsync();
    }

    public void Dispose()
    {
        _scratch.Dispose();
        GC.SuppressFinalize(this);
    }
}
