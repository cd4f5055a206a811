using Drover.Node;
using Drover.Node.Operations;

namespace Drover.Scenarios;

/// <summary>S8: threads have their names, CPUs, registers and thread-locals after a restore.</summary>
public sealed class S8Threads
{
    [Fact]
    public async Task Names_processors_vector_registers_and_thread_locals_move_along()
    {
        await using Ecus ecus = new();
        await ecus.A.RunAsync(new RunRequest { Program = Programs.Steward, Name = "server", Arguments = ["threads"] }, Ecus.Soon);
        await ecus.A.WaitForLineAsync("server", line => line == "working");
        string[] before = [.. (await ecus.A.LogAsync("server")).Where(entry => entry.Stream == LogStream.Output && entry.Text != "working").Select(entry => entry.Text)];
        Assert.All(before, line => Assert.EndsWith("native True, vectors True", line, StringComparison.Ordinal));
        Assert.Equal(["first", "last", "anywhere"], before.Select(line => line.Split(' ')[0]));
        string image = ecus.NewImage();
        await ecus.A.CheckpointAsync("server", image);

        await ecus.B.RestoreAsync(image);

        Assert.Equal(before, await ecus.B.RunToEndAsync(Programs.Steward, "report"));
        Assert.Subset(
            (await ecus.B.InspectAsync("server")).Threads.Select(thread => thread.Name).ToHashSet(), new HashSet<string> { "first", "last", "anywhere" });
    }

    [Fact]
    public async Task Thread_runs_on_another_processor_where_its_own_is_missing_and_anywhere_if_it_could_run_anywhere()
    {
        await using Ecus ecus = new();
        ILocalNode small = ecus.Start(new NodeOptions("ecu-small") { Processors = [0] });
        await ecus.A.RunAsync(new RunRequest { Program = Programs.Steward, Name = "server", Arguments = ["threads"] }, Ecus.Soon);
        await ecus.A.WaitForLineAsync("server", line => line == "working");
        string[] before = [.. (await ecus.A.LogAsync("server")).Where(entry => entry.Text.StartsWith("anywhere", StringComparison.Ordinal)).Select(entry => entry.Text)];
        string image = ecus.NewImage();
        await ecus.A.CheckpointAsync("server", image);

        await small.RestoreAsync(image);

        IReadOnlyList<string> there = await small.RunToEndAsync(Programs.Steward, "report");
        Assert.Equal(["first on 01", "last on 01", "anywhere on 01"], there.Select(line => line[..line.IndexOf(':', StringComparison.Ordinal)]));
        Assert.All(there, line => Assert.EndsWith("vectors True", line, StringComparison.Ordinal));
        string second = ecus.NewImage();
        await small.CheckpointAsync("server", second);
        await ecus.B.RestoreAsync(second);
        Assert.Equal(before.Single(), (await ecus.B.RunToEndAsync(Programs.Steward, "report"))[^1]);
    }
}
