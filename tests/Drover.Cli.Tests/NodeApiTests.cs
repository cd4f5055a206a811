using System.Net.Sockets;
using System.Text.Json;
using Drover.Node;
using Drover.Node.Api;
using Drover.Node.Operations;

namespace Drover.Cli.Tests;

public sealed class NodeApiTests : IAsyncLifetime, IDisposable
{
    private readonly ScratchDirectory _scratch = new();
    private readonly FakeNode _node = new();
    private readonly StringWriter _diagnostics = new();
    private NodeServer _server = null!;
    private NodeClient _client = null!;

    private string Socket => _scratch.File("node.sock");

    public async Task InitializeAsync()
    {
        _server = await NodeServer.StartAsync(_node, Socket, _diagnostics);
        _client = new NodeClient(Socket);
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _node.DisposeAsync();
        await _server.DisposeAsync();
    }

    public void Dispose()
    {
        _diagnostics.Dispose();
        _scratch.Dispose();
    }

    [Fact]
    public async Task A_request_arrives_as_it_was_sent()
    {
        var request = new RunRequest
        {
            Program = "/opt/x y/Sheep.dll",
            Name = "sheep",
            RamBytes = ulong.MaxValue,
            Capabilities = 77,
            Roms = new Dictionary<string, string> { ["config"] = "/etc/käse" },
            Environment = new Dictionary<string, string> { ["K"] = "a=b" },
            Arguments = ["--flag", "", "two words"],
        };
        ComponentInfo info = await _client.RunAsync(request);
        Assert.Equal("sheep", info.Name);
        Assert.Equal(Json(request), Json(_node["sheep"].Request));

        static string Json(RunRequest r) => JsonSerializer.Serialize(r, NodeJson.Default.RunRequest);
    }

    [Fact]
    public async Task Each_report_comes_back_equal()
    {
        await _client.RunAsync(new RunRequest { Program = "/x", Name = "a" });
        Assert.Equal(await _node.DescribeAsync(), await _client.DescribeAsync());
        Assert.Equal(await _node.ListAsync(), await _client.ListAsync());
        Same(await _node.InspectAsync("a"), await _client.InspectAsync("a"));
        Same(await _node.InspectImageAsync("/i &?ä"), await _client.InspectImageAsync("/i &?ä"));
        CheckpointReport checkpoint = await _client.CheckpointAsync(new CheckpointRequest("a", "/image", true));
        Assert.Equal(FakeNode.Capabilities(100), checkpoint.Capabilities);
        Assert.Equal(new CheckpointRequest("a", "/image", true), _node.Checkpoints[0]);
        GroupCheckpointReport group = await _client.CheckpointGroupAsync(new GroupCheckpointRequest(["a"], "/group", true, PreCopy: true, Compress: true));
        Assert.Equal("/group/a", Assert.Single(group.Members).Image.Path);
        GroupCheckpointRequest asked = Assert.Single(_node.GroupCheckpoints);
        Assert.Equal(["a"], asked.Names);
        Assert.True(asked is { LeaveRunning: true, PreCopy: true, Compress: true });
        RestoreReport restore = await _client.RestoreAsync(new RestoreRequest("/image", "b"));
        Assert.Equal(FakeNode.Capabilities(200), restore.Capabilities);
        await _client.RestoreAsync(new RestoreRequest("/image"));
        Assert.Equal([new RestoreRequest("/image", "b"), new RestoreRequest("/image")], _node.Restores);

        static void Same(InspectReport expected, InspectReport actual) => Assert.Equal(
            JsonSerializer.Serialize(expected, NodeJson.Default.InspectReport),
            JsonSerializer.Serialize(actual, NodeJson.Default.InspectReport));
    }

    [Fact]
    public async Task A_followed_log_arrives_line_by_line_and_ends_with_the_component()
    {
        await _client.RunAsync(new RunRequest { Program = "/x", Name = "a" });
        await using IAsyncEnumerator<LogEntry> log = _client.ReadLogAsync("a", 0, follow: true).GetAsyncEnumerator();
        _node["a"].Write("first\nline \"quoted\"");
        Assert.True(await log.MoveNextAsync());
        Assert.Equal(new LogEntry(1, DateTimeOffset.UnixEpoch, LogStream.Output, "first\nline \"quoted\""), log.Current);
        _node["a"].Write("second", LogStream.Error);
        Assert.True(await log.MoveNextAsync());
        Assert.Equal(new LogEntry(2, DateTimeOffset.UnixEpoch, LogStream.Error, "second"), log.Current);
        _node["a"].End(new ComponentExit(ExitReason.Exited));
        Assert.False(await log.MoveNextAsync());
    }

    [Fact]
    public async Task A_log_can_be_read_on_from_where_one_was()
    {
        await _client.RunAsync(new RunRequest { Program = "/x", Name = "a" });
        _node["a"].Write("one");
        _node["a"].Write("two");
        List<LogEntry> rest = await _client.ReadLogAsync("a", afterSequence: 1, follow: false).ToListAsync();
        Assert.Equal("two", Assert.Single(rest).Text);
    }

    [Fact]
    public async Task A_wait_for_an_exit_ends_with_the_component()
    {
        await _client.RunAsync(new RunRequest { Program = "/x", Name = "a" });
        Task<ComponentExit> waiting = _client.WaitForExitAsync("a");
        var exit = new ComponentExit(ExitReason.Crashed, 0, 11, "segmentation");
        _node["a"].End(exit);
        Assert.Equal(exit, await waiting);
    }

    [Fact]
    public async Task A_refusal_arrives_with_code_message_and_advice()
    {
        NodeOperationException e = await Assert.ThrowsAsync<NodeOperationException>(() => _client.StopAsync("nobody"));
        Assert.Equal(NodeErrorCode.NoSuchComponent, e.Code);
        Assert.Equal("Node fake has no component 'nobody'.", e.Message);
        Assert.Equal("'drover ps' lists them.", e.Advice);
    }

    [Fact]
    public async Task A_log_of_an_unknown_component_is_refused()
    {
        NodeOperationException e = await Assert.ThrowsAsync<NodeOperationException>(
            async () => await _client.ReadLogAsync("nobody", 0, true).ToListAsync());
        Assert.Equal(NodeErrorCode.NoSuchComponent, e.Code);
    }

    [Fact]
    public async Task A_failure_of_the_node_is_named_and_its_stack_trace_stays_with_the_node()
    {
        _node.Failure = new InvalidOperationException("the wheel came off");
        NodeOperationException e = await Assert.ThrowsAsync<NodeOperationException>(() => _client.ListAsync());
        Assert.Equal(NodeErrorCode.Internal, e.Code);
        Assert.Contains("InvalidOperationException: the wheel came off", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(nameof(FakeNode), e.Message, StringComparison.Ordinal);
        Assert.Contains($"at {typeof(FakeNode).FullName}", _diagnostics.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_request_is_refused_and_the_node_lives_on()
    {
        using var http = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancel) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(Socket), cancel);
                return new NetworkStream(socket, ownsSocket: true);
            },
        });
        foreach (string body in (string[])["", "{", "null", "{\"program\":null}", "{}"])
        {
            using var content = new StringContent(body);
            using HttpResponseMessage response = await http.PostAsync(new Uri("http://node/v1/components"), content);
            Assert.Equal(System.Net.HttpStatusCode.BadRequest, response.StatusCode);
            Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        }

        Assert.Empty(await _client.ListAsync());
    }

    [Fact]
    public void Only_the_owner_reaches_the_socket() =>
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Socket));

    [Fact]
    public async Task A_socket_that_a_live_node_has_is_not_taken()
    {
        NodeOperationException e = await Assert.ThrowsAsync<NodeOperationException>(
            () => NodeServer.StartAsync(_node, Socket, TextWriter.Null));
        Assert.Equal(NodeErrorCode.SocketInUse, e.Code);
        Assert.Equal("fake", (await _client.DescribeAsync()).Name);
    }

    [Fact]
    public async Task A_socket_that_a_killed_node_left_is_told_from_a_live_one_and_cleared()
    {
        string path = _scratch.File("stale.sock");
        using (var dead = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            dead.Bind(new UnixDomainSocketEndPoint(_scratch.File("bound.sock")));
            // Closing deletes the name it was bound to, which a killed process does not.
            File.Move(_scratch.File("bound.sock"), path);
        }

        using var client = new NodeClient(path);
        NodeOperationException e = await Assert.ThrowsAsync<NodeOperationException>(() => client.DescribeAsync());
        Assert.Equal(NodeErrorCode.NodeNotRunning, e.Code);
        Assert.Contains("was killed", e.Message, StringComparison.Ordinal);
        await using NodeServer server = await NodeServer.StartAsync(_node, path, TextWriter.Null);
        Assert.Equal("fake", (await client.DescribeAsync()).Name);
    }

    [Fact]
    public async Task A_file_that_is_no_socket_is_left_alone()
    {
        string path = _scratch.File("letter");
        await File.WriteAllTextAsync(path, "dear reader");
        NodeOperationException e = await Assert.ThrowsAsync<NodeOperationException>(
            () => NodeServer.StartAsync(_node, path, TextWriter.Null));
        Assert.Equal(NodeErrorCode.InvalidRequest, e.Code);
        Assert.Equal("dear reader", await File.ReadAllTextAsync(path));
    }

    [Fact]
    public async Task A_node_that_ends_tells_its_followers_and_leaves_no_file()
    {
        string path = _scratch.File("other.sock");
        var node = new FakeNode("other");
        NodeHost host = await NodeHost.StartAsync(node, path, TextWriter.Null);
        using var client = new NodeClient(path);
        await client.RunAsync(new RunRequest { Program = "/x", Name = "a" });
        node["a"].Write("last words");
        await using IAsyncEnumerator<LogEntry> log = client.ReadLogAsync("a", 0, follow: true).GetAsyncEnumerator();
        Assert.True(await log.MoveNextAsync());
        Assert.Equal("last words", log.Current.Text);
        Task<ComponentExit> exit = client.WaitForExitAsync("a");
        await node.WaitBegan.Task;
        await host.DisposeAsync();
        Assert.False(await log.MoveNextAsync());
        Assert.Equal(ExitReason.Stopped, (await exit).Reason);
        Assert.True(node.Disposed);
        Assert.Empty(Directory.GetFiles(_scratch.Path, "other*"));
        NodeOperationException e = await Assert.ThrowsAsync<NodeOperationException>(() => client.DescribeAsync());
        Assert.Equal(NodeErrorCode.NodeNotRunning, e.Code);
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("-x")]
    [InlineData("a b")]
    [InlineData("a/b")]
    public void A_name_that_could_lead_elsewhere_is_no_name(string name) =>
        Assert.Equal(
            NodeErrorCode.InvalidRequest,
            Assert.Throws<NodeOperationException>(() => NodeSocketPath.ValidName(name)).Code);

    [Fact]
    public void A_path_that_Linux_could_not_bind_is_refused_before() =>
        Assert.Contains(
            "107 bytes",
            Assert.Throws<NodeOperationException>(() => NodeSocketPath.Resolve("/tmp/" + new string('x', 120))).Message,
            StringComparison.Ordinal);
}
