using Drover.Node.Operations;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Drover.Node.Api;

/// <summary>Serves a node's operations over HTTP on a Unix socket that only its owner can reach.</summary>
public sealed class NodeServer : IAsyncDisposable
{
    private static readonly TimeSpan PatienceWithRequests = TimeSpan.FromSeconds(2);

    private readonly WebApplication _app;
    private readonly NodeSocket _socket;
    private readonly NodeRoutes _routes;

    private NodeServer(WebApplication app, NodeSocket socket, NodeRoutes routes)
    {
        _app = app;
        _socket = socket;
        _routes = routes;
    }

    public string SocketPath => _socket.Path;

    /// <summary>Begins to serve <paramref name="operations"/> at <paramref name="socketPath"/>.</summary>
    /// <param name="diagnostics">Gets the details of failures that the node did not expect.</param>
    public static async Task<NodeServer> StartAsync(
        INodeOperations operations, string socketPath, TextWriter diagnostics, CancellationToken cancel = default)
    {
        NodeSocket socket = NodeSocket.Claim(socketPath);
        try
        {
            var routes = new NodeRoutes(operations, TextWriter.Synchronized(diagnostics));
            WebApplication app = Build(socketPath, routes);
            try
            {
                await app.StartAsync(cancel);
                socket.Restrict();
                return new NodeServer(app, socket, routes);
            }
            catch
            {
                await app.DisposeAsync();
                throw;
            }
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Refuses what arrives from now on; what is being served goes on.</summary>
    public void Drain() => _routes.Drain();

    public async ValueTask DisposeAsync()
    {
        Drain();
        await _app.StopAsync();
        await _app.DisposeAsync();
        _socket.Dispose();
    }

    private static WebApplication Build(string socketPath, NodeRoutes routes)
    {
        // Nothing is taken from the directory or the environment that the command happens to run in.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel => Configure(kestrel, socketPath));
        builder.Services.AddRoutingCore();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = PatienceWithRequests);
        WebApplication app = builder.Build();
        app.UseRouting();
        routes.MapTo(app);
        return app;
    }

    private static void Configure(KestrelServerOptions kestrel, string socketPath)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = 1 << 20;
        // A log that nothing is written to is no slow reader.
        kestrel.Limits.MinResponseDataRate = null;
        kestrel.ListenUnixSocket(socketPath, listen => listen.Protocols = HttpProtocols.Http1);
    }
}
