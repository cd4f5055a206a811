using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Drover.Node.Operations;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Drover.Node.Api;

/// <summary>One route per operation; <see cref="NodeClient"/> is the other side.</summary>
internal sealed class NodeRoutes(INodeOperations operations, TextWriter diagnostics)
{
    private volatile bool _draining;

    public void Drain() => _draining = true;

    public void MapTo(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/node", Guard(async (http, cancel) =>
            await Reply(http, await operations.DescribeAsync(cancel), NodeJson.Default.NodeInfo)));
        routes.MapGet("/v1/components", Guard(async (http, cancel) =>
            await Reply(http, await operations.ListAsync(cancel), NodeJson.Default.IReadOnlyListComponentInfo)));
        routes.MapPost("/v1/components", Guard(async (http, cancel) =>
        {
            RunRequest request = await Read(http, NodeJson.Default.RunRequest);
            await Reply(http, await operations.RunAsync(request, cancel), NodeJson.Default.ComponentInfo);
        }));
        routes.MapGet("/v1/components/{name}", Guard(async (http, cancel) =>
            await Reply(http, await operations.InspectAsync(Name(http), cancel), NodeJson.Default.InspectReport)));
        routes.MapPost("/v1/components/{name}/stop", Guard(async (http, cancel) =>
            await Reply(http, await operations.StopAsync(Name(http), cancel), NodeJson.Default.ComponentExit)));
        routes.MapGet("/v1/components/{name}/exit", Guard(async (http, cancel) =>
            await Reply(http, await operations.WaitForExitAsync(Name(http), cancel), NodeJson.Default.ComponentExit)));
        routes.MapGet("/v1/components/{name}/checkpoints", Guard(async (http, cancel) =>
            await Reply(http, await operations.ListCheckpointsAsync(Name(http), cancel), NodeJson.Default.PeriodicReport)));
        routes.MapGet("/v1/components/{name}/log", Guard(StreamLog));
        routes.MapPost("/v1/checkpoint", Guard(async (http, cancel) =>
        {
            CheckpointRequest request = await Read(http, NodeJson.Default.CheckpointRequest);
            await Reply(http, await operations.CheckpointAsync(request, cancel), NodeJson.Default.CheckpointReport);
        }));
        routes.MapPost("/v1/checkpoint-group", Guard(async (http, cancel) =>
        {
            GroupCheckpointRequest request = await Read(http, NodeJson.Default.GroupCheckpointRequest);
            await Reply(http, await operations.CheckpointGroupAsync(request, cancel), NodeJson.Default.GroupCheckpointReport);
        }));
        routes.MapPost("/v1/restore-group", Guard(async (http, cancel) =>
        {
            GroupRestoreRequest request = await Read(http, NodeJson.Default.GroupRestoreRequest);
            await Reply(http, await operations.RestoreGroupAsync(request, cancel), NodeJson.Default.GroupRestoreReport);
        }));
        routes.MapPost("/v1/restore", Guard(async (http, cancel) =>
        {
            RestoreRequest request = await Read(http, NodeJson.Default.RestoreRequest);
            await Reply(http, await operations.RestoreAsync(request, cancel), NodeJson.Default.RestoreReport);
        }));
        MapSnapshots(routes);
        routes.MapGet("/v1/image", Guard(async (http, cancel) =>
        {
            string directory = http.Request.Query["path"].ToString();
            await Reply(http, await operations.InspectImageAsync(directory, cancel), NodeJson.Default.InspectReport);
        }));
    }

    private void MapSnapshots(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/snapshots", Guard(async (http, cancel) =>
            await Reply(http, await operations.ListSnapshotsAsync(cancel), NodeJson.Default.IReadOnlyListSnapshotInfo)));
        routes.MapPost("/v1/snapshots", Guard(async (http, cancel) =>
        {
            SnapshotRequest request = await Read(http, NodeJson.Default.SnapshotRequest);
            await Reply(http, await operations.SnapshotAsync(request, cancel), NodeJson.Default.SnapshotReport);
        }));
        routes.MapDelete("/v1/snapshots/{name}", Guard((http, cancel) => operations.DropSnapshotAsync(Name(http), cancel)));
        routes.MapPost("/v1/rollback", Guard(async (http, cancel) =>
        {
            RollbackRequest request = await Read(http, NodeJson.Default.RollbackRequest);
            await Reply(http, await operations.RollBackAsync(request, cancel), NodeJson.Default.RollbackReport);
        }));
        routes.MapPost("/v1/clone", Guard(async (http, cancel) =>
        {
            CloneRequest request = await Read(http, NodeJson.Default.CloneRequest);
            await Reply(http, await operations.CloneAsync(request, cancel), NodeJson.Default.CloneReport);
        }));
    }

    private static string Name(HttpContext http) => (string)http.GetRouteValue("name")!;

    private static Task Reply<T>(HttpContext http, T value, JsonTypeInfo<T> type) =>
        http.Response.WriteAsJsonAsync(value, type, cancellationToken: http.RequestAborted);

    private static async Task<T> Read<T>(HttpContext http, JsonTypeInfo<T> type)
        where T : class =>
        await JsonSerializer.DeserializeAsync(http.Request.Body, type, http.RequestAborted)
            ?? throw new NodeOperationException(NodeErrorCode.InvalidRequest, "The request has no content.");

    /// <summary>One JSON object per line, each sent at once.</summary>
    private async Task StreamLog(HttpContext http, CancellationToken cancel)
    {
        long after = long.TryParse(
            http.Request.Query["after"], NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? value : 0;
        bool follow = http.Request.Query["follow"] == "true";
        http.Response.ContentType = "application/x-ndjson";
        IAsyncEnumerable<LogEntry> entries = operations.ReadLogAsync(Name(http), after, follow, cancel);
        await foreach (LogEntry entry in entries.WithCancellation(cancel))
        {
            await JsonSerializer.SerializeAsync(http.Response.Body, entry, NodeJson.Default.LogEntry, cancel);
            await http.Response.Body.WriteAsync("\n"u8.ToArray(), cancel);
            await http.Response.Body.FlushAsync(cancel);
        }
    }

    private RequestDelegate Guard(Func<HttpContext, CancellationToken, Task> serve) => async http =>
    {
        try
        {
            if (_draining)
                throw new NodeOperationException(NodeErrorCode.NodeNotRunning, "The node is ending.");
            await serve(http, http.RequestAborted);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            http.Abort();
        }
        catch (NodeOperationException e)
        {
            await Fail(http, e);
        }
        catch (JsonException e)
        {
            await Fail(http, new NodeOperationException(
                NodeErrorCode.InvalidRequest,
                $"The request is not understood: {e.Message}",
                "Use the same version of Drover on both sides.",
                e));
        }
#pragma warning disable CA1031 // The boundary: whatever went wrong, the node lives on and the caller gets an answer.
        catch (Exception e)
        {
            await diagnostics.WriteLineAsync($"drover: {http.Request.Method} {http.Request.Path} failed: {e}");
            await Fail(http, new NodeOperationException(
                NodeErrorCode.Internal,
                $"The node failed: {e.GetType().Name}: {e.Message}",
                "The node's own output has the stack trace; 'drover doctor' tells whether the machine has what it needs.",
                e));
        }
#pragma warning restore CA1031
    };

    private static async Task Fail(HttpContext http, NodeOperationException error)
    {
        if (http.Response.HasStarted)
        {
            // Too late for a status; a broken stream tells the client that this was not the end.
            http.Abort();
            return;
        }

        NodeProblem problem = NodeProblem.From(error);
        http.Response.StatusCode = problem.Status;
        await http.Response.WriteAsJsonAsync(
            problem, NodeProblemJson.Default.NodeProblem, NodeProblem.ContentType, http.RequestAborted);
    }
}
