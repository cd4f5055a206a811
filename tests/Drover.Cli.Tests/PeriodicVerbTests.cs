using System.Text.Json;
using Drover.Cli.CommandLine;
using Drover.Node.Operations;

namespace Drover.Cli.Tests;

/// <summary>Periodic checkpoints on the command line, against a node behind a real socket.</summary>
public sealed class PeriodicVerbTests : FakeNodeTests
{
    [Theory]
    [InlineData("100ms", 100)]
    [InlineData("2.5s", 2500)]
    [InlineData("10m", 600_000)]
    [InlineData("1h", 3_600_000)]
    public async Task Run_hands_the_time_between_checkpoints_to_theNode(string time, double milliseconds)
    {
        CommandResult result = await CommandRunner.RunAsync(
            ["run", "/bin/true", "--node", Socket, "--name", "t", "--checkpoint-every", time, "--keep", "3", "--checkpoints", "/images/t", "--pre-copy"]);

        Assert.Equal(("", 0), (result.Error, result.Status));
        Assert.Equal(new PeriodicRequest("/images/t", milliseconds, 3, PreCopy: true), Node["t"].Request.Checkpoints);
        Assert.Contains("Its images go to /images/t; 'drover checkpoints t' lists them.", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Images_go_beside_the_user_and_five_are_kept_unless_said_otherwise()
    {
        await CommandRunner.RunAsync(["run", "/bin/true", "--node", Socket, "--name", "t", "--checkpoint-every", "1s"]);

        Assert.Equal(new PeriodicRequest(Path.GetFullPath("t.checkpoints"), 1000, 5), Node["t"].Request.Checkpoints);
    }

    [Theory]
    [InlineData("'3x' is no time. Write it like 100ms, 5s, 10m or 1h.", "run", "/bin/true", "--checkpoint-every", "3x")]
    [InlineData("'0ms' is no time. Write it like 100ms, 5s, 10m or 1h.", "run", "/bin/true", "--checkpoint-every", "0ms")]
    [InlineData("--keep, --checkpoints and --pre-copy are for periodic checkpoints. Say how often with --checkpoint-every.", "run", "/bin/true", "--keep", "3")]
    [InlineData("--keep, --checkpoints and --pre-copy are for periodic checkpoints. Say how often with --checkpoint-every.", "run", "/bin/true", "--pre-copy")]
    [InlineData("Say where the images of --checkpoint-every are to go, with --checkpoints DIR.", "restore", "/image", "--checkpoint-every", "1s")]
    public async Task What_makes_no_sense_is_told(string message, params string[] arguments)
    {
        CommandResult result = await CommandRunner.RunAsync(arguments);

        Assert.Equal(DroverCommand.Misused, result.Status);
        Assert.StartsWith($"drover: {message}\n", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Restore_hands_them_to_theNode_too()
    {
        await CommandRunner.RunAsync(["restore", "/image", "--node", Socket, "--checkpoint-every", "1s", "--checkpoints", "/images/t"]);

        Assert.Equal(new PeriodicRequest("/images/t", 1000, 5), Assert.Single(Node.Restores).Checkpoints);
    }

    [Fact]
    public async Task Checkpoints_shows_pauses_and_what_can_be_restored()
    {
        await CommandRunner.RunAsync(["run", "/bin/true", "--node", Socket, "--name", "t", "--checkpoint-every", "1s", "--checkpoints", "/images/t"]);

        CommandResult result = await CommandRunner.RunAsync(["checkpoints", "t", "--node", Socket]);

        Assert.Equal(("", 0), (result.Error, result.Status));
        Assert.StartsWith(
            "drover: 7 checkpoints every 1000 ms: pause median 2.5 ms, 95 of 100 within 4.0 ms, most 5.0 ms; 2 turns passed over; 1 given up.\n"
                + "  'drover restore /images/t' goes on from the newest.\n",
            result.Output,
            StringComparison.Ordinal);
        string[] rows = [.. result.Output.Split('\n').Where(line => line.Contains("0000000", StringComparison.Ordinal))];
        Assert.Equal(2, rows.Length);
        Assert.Contains("changes", rows[1], StringComparison.Ordinal);
        Assert.Contains("yes", rows[1], StringComparison.Ordinal);
        Assert.DoesNotContain("yes", rows[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Checkpoints_as_JSON_has_all_that_theNode_knows()
    {
        await CommandRunner.RunAsync(["run", "/bin/true", "--node", Socket, "--name", "t", "--checkpoint-every", "1s", "--checkpoints", "/images/t"]);

        CommandResult result = await CommandRunner.RunAsync(["checkpoints", "t", "--node", Socket, "--json"]);

        using JsonDocument json = JsonDocument.Parse(result.Output);
        Assert.Equal(7, json.RootElement.GetProperty("taken").GetInt64());
        Assert.Equal(1000, json.RootElement.GetProperty("request").GetProperty("everyMs").GetDouble());
        Assert.Equal(4, json.RootElement.GetProperty("pauses").GetProperty("highMs").GetDouble());
        Assert.True(json.RootElement.GetProperty("checkpoints")[1].GetProperty("isDelta").GetBoolean());
    }

    [Fact]
    public async Task A_component_without_them_is_named()
    {
        await CommandRunner.RunAsync(["run", "/bin/true", "--node", Socket, "--name", "t"]);

        CommandResult result = await CommandRunner.RunAsync(["checkpoints", "t", "--node", Socket]);

        Assert.Equal(DroverCommand.Failed, result.Status);
        Assert.Equal("drover: 't' is not checkpointed periodically.\n", result.Error);
    }

    [Fact]
    public async Task A_run_that_is_followed_ends_with_what_came_of_them()
    {
        Node.OnStart = component => component.End(new ComponentExit(ExitReason.Exited));

        CommandResult result = await CommandRunner.RunAsync(["run", "/bin/true", "--node", Socket, "--name", "t", "-f", "--checkpoint-every", "1s"]);

        Assert.Contains("drover: 7 checkpoints every 1000 ms: pause median 2.5 ms", result.Error, StringComparison.Ordinal);
    }
}
