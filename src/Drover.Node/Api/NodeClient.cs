using System.Net.Http.Json;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Drover.Node.Operations;

namespace Drover.Node.Api;

/// <summary>Speaks to a node through its socket. <see cref="NodeRoutes"/> is the other side.</summary>
public sealed class NodeClient : INodeOperations, IDisposable
{
    private readonly string _socketPath;
    private readonly HttpClient _http;

    public NodeClient(string socketPath)
    {
        _socketPath = socketPath;
        var handler = new SocketsHttpHandler { ConnectCallback = ConnectAsync, UseProxy = false };
        _http = new HttpClient(handler)
        {
            BaseAddress = new Uri("http://node"),
            // A wait for an exit takes as long as the component lives.
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    public string SocketPath => _socketPath;

    public Task<NodeInfo> DescribeAsync(CancellationToken cancel = default) =>
        GetAsync("/v1/node", NodeJson.Default.NodeInfo, cancel);

    public Task<ComponentInfo> RunAsync(RunRequest request, CancellationToken cancel = default) =>
        PostAsync(
            "/v1/components", request, NodeJson.Default.RunRequest, NodeJson.Default.ComponentInfo, cancel);

    public Task<IReadOnlyList<ComponentInfo>> ListAsync(CancellationToken cancel = default) =>
        GetAsync("/v1/components", NodeJson.Default.IReadOnlyListComponentInfo, cancel);

    public Task<ComponentExit> StopAsync(string name, CancellationToken cancel = default) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Post, Component(name) + "/stop"), NodeJson.Default.ComponentExit, cancel);

    public Task<CheckpointReport> CheckpointAsync(CheckpointRequest request, CancellationToken cancel = default) =>
        PostAsync(
            "/v1/checkpoint",
            request,
            NodeJson.Default.CheckpointRequest,
            NodeJson.Default.CheckpointReport,
            cancel);

    public Task<GroupCheckpointReport> CheckpointGroupAsync(GroupCheckpointRequest request, CancellationToken cancel = default) =>
        PostAsync(
            "/v1/checkpoint-group",
            request,
            NodeJson.Default.GroupCheckpointRequest,
            NodeJson.Default.GroupCheckpointReport,
            cancel);

    public Task<GroupRestoreReport> RestoreGroupAsync(GroupRestoreRequest request, CancellationToken cancel = default) =>
        PostAsync(
            "/v1/restore-group",
            request,
            NodeJson.Default.GroupRestoreRequest,
            NodeJson.Default.GroupRestoreReport,
            cancel);

    public Task<RestoreReport> RestoreAsync(RestoreRequest request, CancellationToken cancel = default) =>
        PostAsync(
            "/v1/restore", request, NodeJson.Default.RestoreRequest, NodeJson.Default.RestoreReport, cancel);

    public Task<SnapshotReport> SnapshotAsync(SnapshotRequest request, CancellationToken cancel = default) =>
        PostAsync("/v1/snapshots", request, NodeJson.Default.SnapshotRequest, NodeJson.Default.SnapshotReport, cancel);

    public Task<IReadOnlyList<SnapshotInfo>> ListSnapshotsAsync(CancellationToken cancel = default) =>
        GetAsync("/v1/snapshots", NodeJson.Default.IReadOnlyListSnapshotInfo, cancel);

    public async Task DropSnapshotAsync(string name, CancellationToken cancel = default)
    {
        using HttpResponseMessage response = await ExchangeAsync(
            new HttpRequestMessage(HttpMethod.Delete, $"/v1/snapshots/{Uri.EscapeDataString(name)}"), cancel);
    }

    public Task<RollbackReport> RollBackAsync(RollbackRequest request, CancellationToken cancel = default) =>
        PostAsync("/v1/rollback", request, NodeJson.Default.RollbackRequest, NodeJson.Default.RollbackReport, cancel);

    public Task<CloneReport> CloneAsync(CloneRequest request, CancellationToken cancel = default) =>
        PostAsync("/v1/clone", request, NodeJson.Default.CloneRequest, NodeJson.Default.CloneReport, cancel);

    public Task<InspectReport> InspectAsync(string name, CancellationToken cancel = default) =>
        GetAsync(Component(name), NodeJson.Default.InspectReport, cancel);

    public Task<InspectReport> InspectImageAsync(string directory, CancellationToken cancel = default) =>
        GetAsync($"/v1/image?path={Uri.EscapeDataString(directory)}", NodeJson.Default.InspectReport, cancel);

    public Task<PeriodicReport> ListCheckpointsAsync(string name, CancellationToken cancel = default) =>
        GetAsync(Component(name) + "/checkpoints", NodeJson.Default.PeriodicReport, cancel);

    public Task<ComponentExit> WaitForExitAsync(string name, CancellationToken cancel = default) =>
        GetAsync(Component(name) + "/exit", NodeJson.Default.ComponentExit, cancel);

    public async IAsyncEnumerable<LogEntry> ReadLogAsync(
        string name, long afterSequence, bool follow, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        string address = $"{Component(name)}/log?after={afterSequence}&follow={(follow ? "true" : "false")}";
        using HttpResponseMessage response = await ExchangeAsync(new HttpRequestMessage(HttpMethod.Get, address), cancel);
        await using Stream body = await response.Content.ReadAsStreamAsync(cancel);
        using var reader = new StreamReader(body);
        while (await ReadLineAsync(reader, cancel) is { } line)
            yield return JsonSerializer.Deserialize(line, NodeJson.Default.LogEntry)!;
    }

    public void Dispose() => _http.Dispose();

    private static string Component(string name) => $"/v1/components/{Uri.EscapeDataString(name)}";

    private Task<T> GetAsync<T>(string address, JsonTypeInfo<T> type, CancellationToken cancel) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Get, address), type, cancel);

    private Task<TReply> PostAsync<TRequest, TReply>(
        string address,
        TRequest request,
        JsonTypeInfo<TRequest> requestType,
        JsonTypeInfo<TReply> replyType,
        CancellationToken cancel)
    {
        var message = new HttpRequestMessage(HttpMethod.Post, address)
        {
            Content = JsonContent.Create(request, requestType),
        };
        return SendAsync(message, replyType, cancel);
    }

    private async Task<T> SendAsync<T>(HttpRequestMessage message, JsonTypeInfo<T> type, CancellationToken cancel)
    {
        using HttpResponseMessage response = await ExchangeAsync(message, cancel);
        try
        {
            return await response.Content.ReadFromJsonAsync(type, cancel)
                ?? throw NotUnderstood(null);
        }
        catch (JsonException e)
        {
            throw NotUnderstood(e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw WentAway(e);
        }
    }

    /// <summary>Sends; returns the response if it is a success, its content still to be read.</summary>
    private async Task<HttpResponseMessage> ExchangeAsync(HttpRequestMessage message, CancellationToken cancel)
    {
        HttpResponseMessage response;
        using (message)
        {
            try
            {
                response = await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancel);
            }
            catch (HttpRequestException e)
            {
                throw e.InnerException as NodeOperationException ?? WentAway(e);
            }
        }

        if (response.IsSuccessStatusCode)
            return response;
        using (response)
            throw await ReadProblemAsync(response, cancel);
    }

    private async Task<NodeOperationException> ReadProblemAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        if (response.Content.Headers.ContentType?.MediaType != NodeProblem.ContentType)
            return NotUnderstood(null);
        try
        {
            NodeProblem? problem = await response.Content.ReadFromJsonAsync(
                NodeProblemJson.Default.NodeProblem, cancel);
            return problem?.ToException() ?? NotUnderstood(null);
        }
        catch (JsonException e)
        {
            return NotUnderstood(e);
        }
    }

    private async Task<string?> ReadLineAsync(StreamReader reader, CancellationToken cancel)
    {
        try
        {
            return await reader.ReadLineAsync(cancel);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw WentAway(e);
        }
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(_socketPath), cancel);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw NotReached(e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private NodeOperationException NotReached(SocketException e) => e.SocketErrorCode switch
    {
        SocketError.AccessDenied => new NodeOperationException(
            NodeErrorCode.NotPermitted,
            $"You may not speak to the node at '{_socketPath}': it belongs to another user.",
            "Run the command as the user who started the node.",
            e),
        SocketError.ConnectionRefused => new NodeOperationException(
            NodeErrorCode.NodeNotRunning,
            $"The node at '{_socketPath}' was killed: its socket is there, but nobody answers.",
            "Start it again with 'drover node --name NAME'; that clears the socket.",
            e),
        _ => new NodeOperationException(
            NodeErrorCode.NodeNotRunning,
            $"No node listens at '{_socketPath}'.",
            "Start one with 'drover node --name NAME', or name another with --node.",
            e),
    };

    private NodeOperationException WentAway(Exception e) => new(
        NodeErrorCode.NodeNotRunning,
        $"The node at '{_socketPath}' ended before it answered.",
        "Its own output says why.",
        e);

    private NodeOperationException NotUnderstood(Exception? e) => new(
        NodeErrorCode.Internal,
        $"The answer of '{_socketPath}' is not that of a Drover node of this version.",
        "Use the same version of Drover on both sides.",
        e);
}
