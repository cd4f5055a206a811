using System.Text.Json;
using System.Xml.Linq;
using Drover.Cli.Demo;

namespace Drover.Cli.Tests;

/// <summary>The command as a user runs it: real processes, real components.</summary>
public sealed class CommandProcessTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task The_demo_prints_one_JSON_object_and_leaves_nothing_behind()
    {
        CommandResult result = await DroverProcess.RunAsync(_scratch.Path, "demo", "--json");
        Assert.Equal((0, ""), (result.Status, result.Error));
        using JsonDocument json = JsonDocument.Parse(result.Output);
        JsonElement root = json.RootElement;
        Assert.Equal(
            ["source", "target", "image", "pauseMs", "restoreMs", "rpc"], root.EnumerateObject().Select(p => p.Name));
        Assert.Equal(
            root.GetProperty("source").GetProperty("lastCount").GetInt64() + 1,
            root.GetProperty("target").GetProperty("firstCount").GetInt64());
        Assert.All(
            root.GetProperty("source").GetProperty("capabilities").EnumerateArray(),
            capability => Assert.Equal(
                ["kind", "label", "selector", "badge"], capability.EnumerateObject().Select(p => p.Name)));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_scratch.Path));
    }

    [Fact]
    public void A_directory_that_a_killed_demo_left_is_removed_by_the_next_and_no_other()
    {
        string left = Path.Combine(Path.GetTempPath(), $"drover-demo-{Guid.NewGuid():N}");
        Directory.CreateDirectory(left);
        File.WriteAllText(Path.Combine(left, "lock"), "");
        File.WriteAllText(Path.Combine(left, "image"), "pages");
        string kept;
        using (DemoDirectory keeping = DemoDirectory.Create(keep: true))
            kept = keeping.Path;
        using DemoDirectory running = DemoDirectory.Create(keep: false);
        DemoDirectory.Create(keep: false).Dispose();
        Assert.False(Directory.Exists(left));
        Assert.True(Directory.Exists(kept));
        Assert.True(Directory.Exists(running.Path));
        Directory.Delete(kept, recursive: true);
    }

    [Fact]
    public async Task A_component_in_the_foreground_ends_cleanly_with_Ctrl_C()
    {
        using DroverProcess run = DroverProcess.Start(
            _scratch.Path, "run", DroverProcess.SamplePath("SheepCounter"), "--", "20");
        await run.LineAsync("sheep 3");
        run.Signal("INT");
        CommandResult result = await run.EndAsync();
        Assert.Equal((0, "drover: SheepCounter was stopped.\n"), (result.Status, result.Error));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(_scratch.Path, "drover")));
    }

    [Fact]
    public async Task A_component_s_exit_status_is_the_command_s()
    {
        CommandResult result = await DroverProcess.RunAsync(
            _scratch.Path, "run", DroverProcess.SamplePath("Shepherd"), "--", "nonsense");
        Assert.Equal(64, result.Status);
        Assert.Contains("usage: Shepherd", result.Error, StringComparison.Ordinal);
        Assert.EndsWith("drover: Shepherd exited with status 64.\n", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_verbs_move_a_component_by_hand()
    {
        using DroverProcess first = DroverProcess.Start(_scratch.Path, "node", "--name", "ecu-a");
        using DroverProcess second = DroverProcess.Start(_scratch.Path, "node", "--name", "ecu-b");
        await first.LineAsync("Node ecu-a listens");
        await second.LineAsync("Node ecu-b listens");
        string image = _scratch.File("image");
        await Succeed("run", DroverProcess.SamplePath("SheepCounter"), "--node", "ecu-a", "--", "20");
        await Succeed("run", DroverProcess.SamplePath("Shepherd"), "--node", "ecu-a", "-f");
        await Succeed("inspect", "SheepCounter", "--json");
        await Succeed("checkpoint", "SheepCounter", "-o", image, "--leave-running");
        CommandResult inspected = await Succeed("inspect", image, "--json");
        using JsonDocument report = JsonDocument.Parse(inspected.Output);
        Assert.Equal("SheepCounter", report.RootElement.GetProperty("name").GetString());
        await Succeed("restore", image, "--node", "ecu-b");
        await CheckPictureAsync(image);
        await Succeed("run", DroverProcess.SamplePath("Shepherd"), "--node", "ecu-b", "-f");
        await Succeed("stop", "SheepCounter", "--node", "ecu-a");
        await Succeed("stop", "SheepCounter", "--node", "ecu-b");
        foreach (DroverProcess node in (DroverProcess[])[first, second])
        {
            node.Signal("TERM");
            Assert.Equal(0, (await node.EndAsync()).Status);
        }
    }

    [Fact]
    public async Task A_node_that_was_killed_is_told_from_a_running_one_and_starts_again()
    {
        using (DroverProcess killed = DroverProcess.Start(_scratch.Path, "node", "--name", "n"))
        {
            await killed.LineAsync("Node n listens");
            killed.Signal("KILL");
            await killed.EndAsync();
        }

        CommandResult asked = await DroverProcess.RunAsync(_scratch.Path, "ps", "--node", "n");
        Assert.Equal(1, asked.Status);
        Assert.Contains("was killed", asked.Error, StringComparison.Ordinal);
        using DroverProcess again = DroverProcess.Start(_scratch.Path, "node", "--name", "n");
        await again.LineAsync("Node n listens");
        Assert.Equal("No components on n.\n", (await Succeed("ps")).Output);
        again.Signal("TERM");
        Assert.Equal(0, (await again.EndAsync()).Status);
    }

    [Fact]
    public async Task A_node_gives_no_more_memory_than_it_has_and_fails_where_it_is_told_to_once()
    {
        using DroverProcess node = DroverProcess.Start(_scratch.Path, "node", "--name", "n", "--ram", "600M", "--fail-at", "checkpoint:write-pages");
        await node.LineAsync("Node n listens");
        await Succeed("run", DroverProcess.SamplePath("SheepCounter"), "--ram", "512M", "--", "20");

        CommandResult refused = await DroverProcess.RunAsync(_scratch.Path, "run", DroverProcess.SamplePath("SheepCounter"), "--name", "two", "--ram", "128M");
        CommandResult failed = await DroverProcess.RunAsync(_scratch.Path, "checkpoint", "SheepCounter", "-o", _scratch.File("image"));
        CommandResult unknown = await DroverProcess.RunAsync(_scratch.Path, "node", "--name", "other", "--fail-at", "nonsense");

        Assert.Equal(1, refused.Status);
        Assert.Contains("or give the node more with --ram.", refused.Error, StringComparison.Ordinal);
        Assert.Equal(1, failed.Status);
        Assert.Contains("checkpoint:write-pages", failed.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_scratch.File("image")));
        await Succeed("checkpoint", "SheepCounter", "-o", _scratch.File("image"));
        Assert.Equal(1, unknown.Status);
        Assert.StartsWith("drover: 'nonsense' is no step that can be made to fail.\n  The steps are ", unknown.Error, StringComparison.Ordinal);
        node.Signal("TERM");
        Assert.Equal(0, (await node.EndAsync()).Status);
    }

    [Fact]
    public async Task A_node_that_should_end_with_its_parent_does()
    {
        using DroverProcess node = DroverProcess.Start(_scratch.Path, "node", "--name", "n", "--end-with-input");
        await node.LineAsync("Node n listens");
        node.CloseInput();
        Assert.Equal(0, (await node.EndAsync()).Status);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(_scratch.Path, "drover")));
    }

    /// <summary>Of the real component, before and after: the same selectors, and no badge is the old one.</summary>
    private async Task CheckPictureAsync(string image)
    {
        string picture = _scratch.File("picture.svg");
        CommandResult drawn = await Succeed("inspect", image, "SheepCounter", "--node", "ecu-b", "--svg", picture, "--json");
        using JsonDocument compared = JsonDocument.Parse(drawn.Output);
        List<JsonElement> before = Slots(compared, "before");
        List<JsonElement> after = Slots(compared, "after");
        XNamespace svg = "http://www.w3.org/2000/svg";
        List<string> texts = [.. XDocument.Load(picture).Descendants(svg + "text").Select(text => text.Value)];
        // Shepherd's session is closed: what was drawn for its gate is not there any more, or void.
        List<uint> kept = [.. before.Select(Selector).Intersect(after.Select(Selector))];
        Assert.True(kept.Count >= 10, $"{kept.Count} selectors were kept");
        Assert.True(texts.Count(text => text == "new badge") >= 10, string.Join('|', texts));
        Assert.DoesNotContain("same badge", texts);
        Assert.DoesNotContain(texts, text => text.Contains(_scratch.Path, StringComparison.Ordinal));
        Assert.Contains("image image, made on ecu-a", texts);
        Assert.Contains("running on ecu-b", texts);
        foreach (JsonElement slot in after.Where(slot => slot.TryGetProperty("held", out _)))
            Assert.Contains(slot.GetProperty("held").GetProperty("badge").GetString()![2..].PadLeft(16, '0'), texts);
    }

    private static List<JsonElement> Slots(JsonDocument compared, string side) =>
        [.. compared.RootElement.GetProperty(side).GetProperty("capabilities").EnumerateArray()];

    private static uint Selector(JsonElement slot) => slot.GetProperty("selector").GetUInt32();

    private async Task<CommandResult> Succeed(params string[] arguments)
    {
        CommandResult result = await DroverProcess.RunAsync(_scratch.Path, arguments);
        Assert.True(result.Status == 0, $"drover {string.Join(' ', arguments)}: {result.Status}: {result.Error}");
        return result;
    }
}
