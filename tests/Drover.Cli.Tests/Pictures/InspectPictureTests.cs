using System.Text.Json;
using System.Xml.Linq;
using Drover.Cli.CommandLine;
using Drover.Node.Api;
using Drover.Node.Operations;

namespace Drover.Cli.Tests.Pictures;

/// <summary>`drover inspect` with one or two subjects, against a node behind a real socket.</summary>
public sealed class InspectPictureTests : IAsyncLifetime, IDisposable
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    private readonly ScratchDirectory _scratch = new();
    private readonly FakeNode _node = new();
    private NodeServer _server = null!;

    private string Socket => _scratch.File("node.sock");

    private string Picture => _scratch.File("picture.svg");

    public async Task InitializeAsync()
    {
        _server = await NodeServer.StartAsync(_node, Socket, TextWriter.Null);
        await _node.RunAsync(new RunRequest { Program = "/x/a.dll", Name = "a" });
    }

    public async Task DisposeAsync()
    {
        await _node.DisposeAsync();
        await _server.DisposeAsync();
    }

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task A_running_component_is_drawn_into_the_file()
    {
        CommandResult result = await InspectAsync("a", "--svg", Picture);
        Assert.Equal((0, $"3 selectors of a are drawn in {Picture}.\n", ""), (result.Status, result.Output, result.Error));
        XElement root = XDocument.Load(Picture).Root!;
        Assert.Equal("Capabilities of a", root.Element(Svg + "title")!.Value);
        Assert.StartsWith("running on fake", root.Element(Svg + "desc")!.Value, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_image_and_a_component_are_before_and_after()
    {
        CommandResult result = await InspectAsync(_scratch.Path, "a", "--svg", Picture);
        Assert.Equal((0, ""), (result.Status, result.Error));
        Assert.StartsWith(
            $"Before: image {Path.GetFileName(_scratch.Path)}, made on fake; after: running on fake.",
            XDocument.Load(Picture).Root!.Element(Svg + "desc")!.Value,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dash_prints_the_picture_and_nothing_else()
    {
        CommandResult result = await InspectAsync("a", "--svg", "-");
        Assert.Equal((0, ""), (result.Status, result.Error));
        Assert.Equal(Svg + "svg", XDocument.Parse(result.Output).Root!.Name);
    }

    [Fact]
    public async Task With_json_the_data_are_printed_and_the_picture_is_drawn()
    {
        CommandResult result = await InspectAsync(_scratch.Path, "a", "--json", "--svg", Picture);
        using JsonDocument json = JsonDocument.Parse(result.Output);
        Assert.Equal("SheepCounter", json.RootElement.GetProperty("before").GetProperty("name").GetString());
        Assert.Equal("a", json.RootElement.GetProperty("after").GetProperty("name").GetString());
        Assert.True(File.Exists(Picture));
        CommandResult refused = await InspectAsync("a", "--json", "--svg", "-");
        Assert.Equal(DroverCommand.Misused, refused.Status);
        Assert.Contains("both want standard output", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_without_a_picture_are_compared_in_a_table()
    {
        CommandResult result = await InspectAsync(_scratch.Path, "a");
        Assert.Equal((0, ""), (result.Status, result.Error));
        Assert.Contains("Badge before", result.Output, StringComparison.Ordinal);
        Assert.Contains("same badge", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_picture_that_cannot_be_written_is_a_failure()
    {
        CommandResult result = await InspectAsync("a", "--svg", _scratch.File("absent/picture.svg"));
        Assert.Equal((DroverCommand.Failed, ""), (result.Status, result.Output));
        Assert.Contains("there is no such directory", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_thousand_capabilities_are_few_lines_unless_all_are_asked_for()
    {
        _node.Inspected = SampleReports.Of(1000);
        CommandResult few = await InspectAsync("a");
        Assert.InRange(few.Output.Split('\n').Length, 40, 90);
        Assert.Contains("\u2502 121\u2013220 (100) \u2502 Gate", few.Output, StringComparison.Ordinal);
        Assert.Contains("\u2502 100\u2013199 (100) \u2502 5cd762c80000007a\u2013000000dd \u2502 121\u2013220 (100) \u2502", few.Output, StringComparison.Ordinal);
        Assert.Contains("--all gives each its own", few.Output, StringComparison.Ordinal);
        CommandResult all = await InspectAsync("a", "--all");
        Assert.InRange(all.Output.Split('\n').Length, 1991 + 20, 1991 + 60);
        Assert.Contains("5cd762c80000007b", all.Output, StringComparison.Ordinal);
        CommandResult json = await InspectAsync("a", "--json");
        using JsonDocument complete = JsonDocument.Parse(json.Output);
        Assert.Equal(1000, complete.RootElement.GetProperty("capabilities").GetArrayLength());
        Assert.Equal(991, complete.RootElement.GetProperty("objectPool").GetArrayLength());
    }

    [Fact]
    public async Task Three_are_too_many()
    {
        CommandResult result = await InspectAsync("a", "b", "c");
        Assert.Equal(DroverCommand.Misused, result.Status);
    }

    private Task<CommandResult> InspectAsync(params string[] arguments) =>
        CommandRunner.RunAsync(["inspect", .. arguments, "--node", Socket], new FakeNode());
}
