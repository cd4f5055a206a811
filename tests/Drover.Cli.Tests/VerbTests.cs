using System.Text.Json;
using Drover.Cli.CommandLine;
using Drover.Node.Api;
using Drover.Node.Operations;

namespace Drover.Cli.Tests;

/// <summary>Each verb against a node behind a real socket.</summary>
public sealed class VerbTests : FakeNodeTests
{
    [Fact]
    public async Task Every_verb_explains_itself()
    {
        foreach (string verb in (string[])["run", "node", "ps", "checkpoint", "checkpoints", "restore", "image", "snapshot", "snapshots", "rollback", "clone", "stop", "log", "inspect", "doctor", "demo"])
        {
            CommandResult result = await CommandRunner.RunAsync([verb, "--help"]);
            Assert.Equal(0, result.Status);
            Assert.Contains($"drover {verb}", result.Output.Replace("testhost", "drover", StringComparison.Ordinal), StringComparison.Ordinal);
            Assert.Empty(result.Error);
        }
    }

    [Fact]
    public async Task A_misuse_is_told_on_standard_error_with_the_way_to_help()
    {
        CommandResult result = await CommandRunner.RunAsync(["run", "/bin/true", "--ram", "much"]);
        Assert.Equal(DroverCommand.Misused, result.Status);
        Assert.Empty(result.Output);
        Assert.Equal(
            "drover: 'much' is no size. Write it like 64M or 1G.\n  'drover run --help' tells how it is used.\n", result.Error);
    }

    [Fact]
    public async Task Run_hands_everything_to_theNode()
    {
        string rom = Scratch.File("module");
        await File.WriteAllTextAsync(rom, "content");
        CommandResult result = await CommandRunner.RunAsync(
        [
            "run", "/bin/true", "--node", Socket, "--name", "t", "--ram", "64M", "--caps", "50",
            "--rom", $"m={rom}", "--env", "A=1", "--env", "B=x=y", "--", "--flag", "value",
        ]);
        Assert.Equal(("", 0), (result.Error, result.Status));
        Assert.StartsWith("t runs on fake as process 4712.\n", result.Output, StringComparison.Ordinal);
        RunRequest request = Node["t"].Request;
        Assert.Equal("/bin/true", request.Program);
        Assert.Equal(64ul << 20, request.RamBytes);
        Assert.Equal(50, request.Capabilities);
        Assert.Equal([KeyValuePair.Create("m", rom)], request.Roms);
        Assert.Equal([KeyValuePair.Create("A", "1"), KeyValuePair.Create("B", "x=y")], request.Environment.OrderBy(p => p.Key));
        Assert.Equal(["--flag", "value"], request.Arguments);
    }

    [Fact]
    public async Task Run_that_follows_prints_the_log_and_gives_the_status()
    {
        Node.OnStart = component =>
        {
            component.Write("hello");
            component.Write("something to know", LogStream.Node);
            component.Write("Unhandled exception. System.Exception: no\n   at Sheep.Main()", LogStream.Error);
            component.Write("true was ended by signal 6", LogStream.Node);
            component.End(new ComponentExit(ExitReason.Crashed, 0, 6));
        };
        CommandResult result = await CommandRunner.RunAsync(["run", "/bin/true", "-f", "--node", Socket]);
        Assert.Equal(128 + 6, result.Status);
        Assert.Equal("hello\n", result.Output);
        Assert.Equal(
            "drover: something to know\nUnhandled exception. System.Exception: no\u240a   at Sheep.Main()\n"
            + "drover: true was ended by SIGABRT (abort).\n",
            result.Error);
    }

    [Fact]
    public async Task Run_that_is_interrupted_stops_the_component_and_prints_its_last_line()
    {
        using var interrupted = new CancellationTokenSource();
        Node.OnStart = component => component.Write("working");
        Task<CommandResult> run = CommandRunner.RunAsync(
            ["run", "/bin/true", "-f", "--node", Socket], interrupted: interrupted.Token);
        await Node.WaitBegan.Task;
        await interrupted.CancelAsync();
        CommandResult result = await run;
        Assert.Equal(0, result.Status);
        Assert.Equal("working\n", result.Output);
        Assert.Equal("drover: true was stopped.\n", result.Error);
        Assert.Equal(ExitReason.Stopped, (await Node["true"].Ended.Task).Reason);
    }

    [Fact]
    public async Task Run_with_json_keeps_standard_output_clean()
    {
        Node.OnStart = component =>
        {
            component.Write("chatter");
            component.End(new ComponentExit(ExitReason.Exited, 3));
        };
        CommandResult result = await CommandRunner.RunAsync(["run", "/bin/true", "-f", "--json", "--node", Socket]);
        Assert.Equal(3, result.Status);
        using JsonDocument json = JsonDocument.Parse(result.Output);
        Assert.Equal(3, json.RootElement.GetProperty("exit").GetProperty("status").GetInt32());
        Assert.StartsWith("chatter\n", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_refuses_what_is_no_program()
    {
        string text = Scratch.File("notes.txt");
        await File.WriteAllTextAsync(text, "not a program");
        string library = Scratch.File("Library.dll");
        await File.WriteAllTextAsync(library, "MZ");
        foreach ((string path, string expected) in ((string, string)[])
        [
            (text, "neither a .NET assembly nor an ELF file"),
            (library, "is a library"),
            (Scratch.File("absent"), "There is no program"),
            (Scratch.Path, "holds no .NET program"),
        ])
        {
            CommandResult result = await CommandRunner.RunAsync(["run", path, "--node", Socket]);
            Assert.Equal(DroverCommand.Failed, result.Status);
            Assert.Contains(expected, result.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Ps_lists_as_table_and_as_json()
    {
        await Node.RunAsync(new RunRequest { Program = "/x/a.dll", Name = "a" });
        await Node.RunAsync(new RunRequest { Program = "/x/b.dll", Name = "b" });
        Node["b"].End(new ComponentExit(ExitReason.Exited, 4));
        CommandResult table = await CommandRunner.RunAsync(["ps", "--node", Socket]);
        Assert.Contains("exited with status 4", table.Output, StringComparison.Ordinal);
        CommandResult json = await CommandRunner.RunAsync(["ps", "--json", "--node", Socket]);
        using JsonDocument document = JsonDocument.Parse(json.Output);
        Assert.Equal(
            ["a", "b"],
            document.RootElement.EnumerateArray()
                .Select(e => e.GetProperty("component").GetProperty("name").GetString()).Order());
    }

    [Fact]
    public async Task Checkpoint_and_restore_take_paths_relative_to_the_caller()
    {
        await Node.RunAsync(new RunRequest { Program = "/x/a.dll", Name = "a" });
        CommandResult made = await CommandRunner.RunAsync(
            ["checkpoint", "a", "-o", "some/image", "--leave-running", "--node", Socket]);
        Assert.Equal(0, made.Status);
        string absolute = Path.GetFullPath("some/image");
        Assert.Equal(new CheckpointRequest("a", absolute, true), Assert.Single(Node.Checkpoints));
        Assert.Contains("3 capabilities, pause 1.3 ms, in all 20.5 ms; it runs on.", made.Output, StringComparison.Ordinal);
        CommandResult restored = await CommandRunner.RunAsync(
            ["restore", "some/image", "--name", "b", "--json", "--node", Socket]);
        Assert.Equal(new RestoreRequest(absolute, "b"), Assert.Single(Node.Restores));
        using JsonDocument json = JsonDocument.Parse(restored.Output);
        JsonElement last = json.RootElement.GetProperty("capabilities")[2];
        Assert.Equal("0xffffffff000000c8", last.GetProperty("badge").GetString());
        Assert.Equal(9, last.GetProperty("selector").GetInt32());
    }

    [Fact]
    public async Task Several_components_are_checkpointed_into_one_image()
    {
        await Node.RunAsync(new RunRequest { Program = "/x/a.dll", Name = "a" });
        await Node.RunAsync(new RunRequest { Program = "/x/b.dll", Name = "b" });
        CommandResult made = await CommandRunner.RunAsync(["checkpoint", "a", "b", "-o", "some/group", "--node", Socket]);
        Assert.Equal(("", 0), (made.Error, made.Status));
        GroupCheckpointRequest request = Assert.Single(Node.GroupCheckpoints);
        Assert.Equal(["a", "b"], request.Names);
        Assert.Equal((Path.GetFullPath("some/group"), false), (request.Directory, request.LeaveRunning));
        Assert.StartsWith($"2 components on fake are in {request.Directory} (", made.Output, StringComparison.Ordinal);
        Assert.Contains("  b: 3 capabilities, ", made.Output, StringComparison.Ordinal);
        Assert.EndsWith("  Pause 2.5 ms, in all 41.0 ms; they have ended here.\n", made.Output, StringComparison.Ordinal);
        Assert.False(request.PreCopy || request.Compress);
    }

    [Fact]
    public async Task Several_components_can_be_copied_beforehand_and_compressed_but_have_no_parent()
    {
        await Node.RunAsync(new RunRequest { Program = "/x/a.dll", Name = "a" });
        await Node.RunAsync(new RunRequest { Program = "/x/b.dll", Name = "b" });
        CommandResult made = await CommandRunner.RunAsync(["checkpoint", "a", "b", "-o", "some/group", "--pre-copy", "--compress", "--node", Socket]);
        CommandResult refused = await CommandRunner.RunAsync(["checkpoint", "a", "b", "-o", "some/other", "--parent", "some/group", "--node", Socket]);

        Assert.Equal(("", 0), (made.Error, made.Status));
        GroupCheckpointRequest request = Assert.Single(Node.GroupCheckpoints);
        Assert.True(request.PreCopy && request.Compress);
        Assert.NotEqual(0, refused.Status);
        Assert.Contains("The image of a group builds upon no other", refused.Error, StringComparison.Ordinal);
        Assert.Contains("Leave out --parent", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Restore_recognises_the_image_of_a_group_and_keeps_its_names()
    {
        string group = Directory.CreateDirectory(Scratch.File("group")).FullName;
        await File.WriteAllTextAsync(Path.Combine(group, "group"), "");
        CommandResult restored = await CommandRunner.RunAsync(["restore", group, "--node", Socket]);
        Assert.Equal(("", 0), (restored.Error, restored.Status));
        Assert.Equal(["client", "server"], Node.Restores.Select(restore => restore.Name));
        Assert.StartsWith("client goes on on fake as process 815, with 3 capabilities.\nserver goes on", restored.Output, StringComparison.Ordinal);
        CommandResult renamed = await CommandRunner.RunAsync(["restore", group, "--name", "x", "--node", Socket]);
        Assert.NotEqual(0, renamed.Status);
        Assert.Contains("keep their names", renamed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Snapshots_are_taken_listed_rolled_back_to_cloned_and_dropped()
    {
        await Node.RunAsync(new RunRequest { Program = "/x/a.dll", Name = "a" });
        CommandResult taken = await CommandRunner.RunAsync(["snapshot", "a", "--as", "early", "--node", Socket]);
        Assert.Equal("a on fake is kept as early.\n  3 capabilities, pause 1.5 ms, in all 2.5 ms; it runs on.\n", taken.Output);
        CommandResult listed = await CommandRunner.RunAsync(["snapshots", "--node", Socket]);
        Assert.Contains("early", listed.Output, StringComparison.Ordinal);
        Assert.Contains("3.00 MiB", listed.Output, StringComparison.Ordinal);
        CommandResult others = await CommandRunner.RunAsync(["snapshots", "b", "--node", Socket]);
        Assert.Equal("No snapshots on fake.\n", others.Output);
        CommandResult back = await CommandRunner.RunAsync(["rollback", "a", "early", "--node", Socket]);
        Assert.StartsWith("a on fake goes on from early as process 816, 2.", back.Output, StringComparison.Ordinal);
        Assert.Equal(new RollbackRequest("a", "early"), Assert.Single(Node.Rollbacks));
        CommandResult cloned = await CommandRunner.RunAsync(["clone", "early", "--name", "twin", "--count", "2", "--node", Socket]);
        Assert.StartsWith("twin-1 goes on from early on fake as process 815, with 3 capabilities.\ntwin-2 goes on", cloned.Output, StringComparison.Ordinal);
        Assert.Equal(new CloneRequest("early", "twin", 2), Assert.Single(Node.Clones));
        CommandResult dropped = await CommandRunner.RunAsync(["snapshot", "early", "--drop", "--node", Socket]);
        Assert.Equal("early on fake was dropped.\n", dropped.Output);
        CommandResult again = await CommandRunner.RunAsync(["snapshot", "early", "--drop", "--node", Socket]);
        Assert.Equal(DroverCommand.Failed, again.Status);
        Assert.Contains("keeps no snapshot 'early'", again.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Snapshot_verbs_print_json()
    {
        await Node.RunAsync(new RunRequest { Program = "/x/a.dll", Name = "a" });
        Assert.Equal("a@1", await TextAsync("snapshot", "snapshot", "a"));
        using (JsonDocument listed = JsonDocument.Parse((await CommandRunner.RunAsync(["snapshots", "--json", "--node", Socket])).Output))
            Assert.Equal(3 << 20, listed.RootElement[0].GetProperty("snapshot").GetProperty("memoryBytes").GetInt64());
        Assert.Equal("a@1", await TextAsync("snapshot", "rollback", "a"));
        Assert.Equal("a@1", await TextAsync("source", "clone", "a@1"));
        Assert.Equal("a@1", await TextAsync("dropped", "snapshot", "a@1", "--drop"));
    }

    private async Task<string?> TextAsync(string property, params string[] arguments)
    {
        CommandResult result = await CommandRunner.RunAsync([.. arguments, "--json", "--node", Socket]);
        Assert.Equal(("", 0), (result.Error, result.Status));
        using JsonDocument json = JsonDocument.Parse(result.Output);
        return json.RootElement.GetProperty(property).GetString();
    }

    [Fact]
    public async Task Stop_ends_the_component()
    {
        await Node.RunAsync(new RunRequest { Program = "/x/a.dll", Name = "a" });
        CommandResult result = await CommandRunner.RunAsync(["stop", "a", "--node", Socket]);
        Assert.Equal("a on fake was stopped.\n", result.Output);
        Assert.True(Node["a"].Ended.Task.IsCompleted);
    }

    [Fact]
    public async Task A_component_cannot_command_the_terminal_through_its_log()
    {
        await Node.RunAsync(new RunRequest { Program = "/x/a.dll", Name = "a" });
        Node["a"].Write("bell \a and \u001b[31mred");
        Node["a"].Write("trouble", LogStream.Error);
        CommandResult result = await CommandRunner.RunAsync(["log", "a", "--node", Socket]);
        Assert.Equal("bell \u2407 and \u241b[31mred\n", result.Output);
        Assert.Equal("trouble\n", result.Error);
    }

    [Fact]
    public async Task Inspect_sets_core_beside_the_component_s_own_record()
    {
        await Node.RunAsync(new RunRequest { Program = "/x/a.dll", Name = "a" });
        CommandResult live = await CommandRunner.RunAsync(["inspect", "a", "--node", Socket]);
        Assert.Contains("no such capability", live.Output, StringComparison.Ordinal);
        Assert.Contains("agree", live.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', live.Output);
        CommandResult image = await CommandRunner.RunAsync(["inspect", Scratch.Path, "--json"], inner: new FakeNode());
        using JsonDocument json = JsonDocument.Parse(image.Output);
        Assert.Equal(Scratch.Path, json.RootElement.GetProperty("image").GetProperty("path").GetString());
    }

    [Fact]
    public async Task Doctor_says_of_each_thing_what_it_is_for_and_what_is_lost_without()
    {
        CommandResult result = await CommandRunner.RunAsync(["doctor", "--json"]);
        using JsonDocument json = JsonDocument.Parse(result.Output);
        Assert.Equal(json.RootElement.GetProperty("ready").GetBoolean(), result.Status == 0);
        Assert.All(json.RootElement.GetProperty("requirements").EnumerateArray(), requirement =>
        {
            Assert.NotEmpty(requirement.GetProperty("purpose").GetString()!);
            Assert.NotEmpty(requirement.GetProperty("without").GetString()!);
        });
    }

    [Fact]
    public async Task A_refusal_is_told_with_what_to_do()
    {
        CommandResult result = await CommandRunner.RunAsync(["stop", "nobody", "--node", Socket]);
        Assert.Equal(DroverCommand.Failed, result.Status);
        Assert.Empty(result.Output);
        Assert.Equal("drover: Node fake has no component 'nobody'.\n  'drover ps' lists them.\n", result.Error);
    }

    [Fact]
    public async Task A_command_that_was_interrupted_says_so()
    {
        using var interrupted = new CancellationTokenSource();
        await interrupted.CancelAsync();
        CommandResult result = await CommandRunner.RunAsync(["ps", "--node", Socket], interrupted: interrupted.Token);
        Assert.Equal((DroverCommand.Interrupted, "drover: interrupted.\n"), (result.Status, result.Error));
    }

    [Fact]
    public async Task A_missingNode_is_told_with_what_to_do()
    {
        CommandResult result = await CommandRunner.RunAsync(["ps", "--node", Scratch.File("none.sock")]);
        Assert.Equal(DroverCommand.Failed, result.Status);
        Assert.Contains("No node listens at", result.Error, StringComparison.Ordinal);
        Assert.Contains("drover node --name", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Node_says_where_it_listens_and_ends_when_interrupted()
    {
        var inner = new FakeNode("own");
        string socket = Scratch.File("own.sock");
        using var interrupted = new CancellationTokenSource();
        Task<CommandResult> node = CommandRunner.RunAsync(
            ["node", "--name", "own", "--socket", socket], inner, interrupted.Token);
        using var client = new NodeClient(socket);
        await Eventually.AsyncSucceeds(() => client.DescribeAsync(), until: node);
        await interrupted.CancelAsync();
        CommandResult result = await node;
        Assert.Equal((0, $"Node own listens at {socket}.\n"), (result.Status, result.Output));
        Assert.True(inner.Disposed);
        Assert.False(File.Exists(socket));
    }
}
