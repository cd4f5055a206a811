using Drover.Cli.Demo;
using Drover.Node.Operations;

namespace Drover.Cli.Tests;

public sealed class DemoTests
{
    private static readonly DemoReport Good = new(
        new DemoSource("ecu-a", 7, FakeNode.Capabilities(100)),
        new DemoTarget("ecu-b", 8, FakeNode.Capabilities(200)),
        new ImageInfo("/image", 1),
        1,
        2,
        new DemoCalls(5, 5, 0));

    public static TheoryData<string, int> Failures => new()
    {
        { "count", 0 }, { "count again", 0 }, { "selector", 1 }, { "kind", 1 }, { "none held", 1 }, { "badge", 2 },
        { "no call before", 3 }, { "failed call", 3 },
    };

    [Fact]
    public async Task The_move_is_driven_by_the_components_logs()
    {
        await using var source = new FakeNode("ecu-a");
        await using var target = new FakeNode("ecu-b");
        source.OnStart = component => Play(component, ["counting", "sheep 1", "sheep 2", "sheep 3", "sheep 4"], 10);
        target.OnStart = component => Play(component, ["sheep 5"], 11);
        var said = new List<string>();
        DemoReport report = await new DemoRun(source, target, "/d", name => $"/s/{name}.dll", said.Add)
            .RunAsync(CancellationToken.None);
        Assert.Equal(("ecu-a", 4), (report.Source.Node, report.Source.LastCount));
        Assert.Equal(("ecu-b", 5), (report.Target.Node, report.Target.FirstCount));
        Assert.Equal(new DemoCalls(10, 11, 1 + 1), report.Rpc);
        Assert.Equal(new CheckpointRequest("SheepCounter", "/d/image", false), Assert.Single(source.Checkpoints));
        Assert.Equal(new RestoreRequest("/d/image", null), Assert.Single(target.Restores));
    }

    [Fact]
    public async Task A_component_that_dies_early_fails_the_demo_with_its_log()
    {
        await using var source = new FakeNode("ecu-a");
        await using var target = new FakeNode("ecu-b");
        source.OnStart = component =>
        {
            component.Write("Unhandled exception. Oh", LogStream.Error);
            component.End(new ComponentExit(ExitReason.Crashed, 0, 6));
        };
        NodeOperationException e = await Assert.ThrowsAsync<NodeOperationException>(() =>
            new DemoRun(source, target, "/d", name => name, _ => { }).RunAsync(CancellationToken.None));
        Assert.Equal("SheepCounter ended before it counted.", e.Message);
        Assert.Contains("Unhandled exception. Oh", e.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void A_true_move_passes_every_check() => Assert.All(DemoChecks.Of(Good), check => Assert.True(check.Holds));

    [Theory]
    [MemberData(nameof(Failures))]
    public void Each_check_notices_what_it_is_there_for(string what, int expected)
    {
        IReadOnlyList<CapabilityInfo> after = Good.Target.Capabilities;
        DemoReport bad = what switch
        {
            "count" => Good with { Target = Good.Target with { FirstCount = 1 } },
            "count again" => Good with { Target = Good.Target with { FirstCount = 7 } },
            "selector" => WithTarget([after[0], after[1] with { Selector = 6 }, after[2]]),
            "kind" => WithTarget([after[0], after[1] with { Kind = "ROM" }, after[2]]),
            "none held" => Good with
            {
                Source = Good.Source with { Capabilities = [] },
                Target = Good.Target with { Capabilities = [] },
            },
            "badge" => WithTarget([after[0], after[1] with { Badge = Good.Source.Capabilities[0].Badge }, after[2]]),
            "no call before" => Good with { Rpc = Good.Rpc with { BeforeOnSource = 0 } },
            _ => Good with { Rpc = Good.Rpc with { Failed = 1 } },
        };
        bool[] holds = [.. DemoChecks.Of(bad).Select(check => check.Holds)];
        Assert.Equal(Enumerable.Range(0, holds.Length).Select(index => index != expected), holds);

        static DemoReport WithTarget(IReadOnlyList<CapabilityInfo> capabilities) =>
            Good with { Target = Good.Target with { Capabilities = capabilities } };
    }

    private static void Play(FakeComponent component, string[] counts, int calls)
    {
        if (component.Name == "Shepherd")
        {
            component.Write($"shepherd: {calls} calls answered, 1 failed, last count 3");
            component.End(new ComponentExit(ExitReason.Exited));
            return;
        }

        foreach (string line in counts)
            component.Write(line);
    }
}
