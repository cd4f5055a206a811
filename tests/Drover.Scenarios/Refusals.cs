using Drover.Node.Operations;

namespace Drover.Scenarios;

/// <summary>What is not to be had is refused with an error that says why.</summary>
public sealed class Refusals
{
    [Fact]
    public async Task Component_is_refused_by_error_values_and_lives()
    {
        await using Ecus ecus = new();

        IReadOnlyList<string> lines = await ecus.A.RunToEndAsync(Programs.Examiner, "refused");

        Assert.Equal(
            [
                "unknown service: NoSuchService",
                "too much memory: OutOfMemory",
                "no memory: InvalidArgument",
                "gate at entrypoint 64: InvalidArgument",
                "attach beyond the end: InvalidRange",
                "attach unaligned: InvalidRange",
                "attach in the kernel: InvalidRange",
                "free what is no dataspace: WrongKind",
                "unknown module: InvalidArguments",
                "long arguments: InvalidArguments",
                "method of another interface: MalformedMessage",
                "message too long: MessageTooLong",
                "all refused",
            ],
            lines);
    }

    [Fact]
    public async Task Service_that_another_component_offers_on_the_node_already_refuses_the_restore()
    {
        await using Ecus ecus = new();
        await ecus.A.RunSheepCounterAsync();
        await ecus.A.NextCountAsync();
        string image = ecus.NewImage();
        await ecus.A.CheckpointAsync("SheepCounter", image, leaveRunning: true);

        NodeOperationException refusal = await Assert.ThrowsAsync<NodeOperationException>(() => ecus.A.RestoreAsync(image, "second"));

        Assert.Equal(NodeErrorCode.MissingResource, refusal.Code);
        Assert.Contains("'Sheep'", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(["SheepCounter"], (await ecus.A.ListAsync()).Select(component => component.Name));
        Assert.StartsWith("shepherd: 10 calls answered, 0 failed", (await ecus.A.RunToEndAsync(Programs.Shepherd, "10"))[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Shared_dataspace_refuses_the_checkpoint_of_either_side_by_the_name_of_the_other()
    {
        await using Ecus ecus = new();
        await ecus.A.RunAsync(new RunRequest { Program = Programs.Examiner, Name = "owner", Arguments = ["offer"] }, Ecus.Soon);
        await ecus.A.WaitForLineAsync("owner", line => line == "offered");
        await ecus.A.RunAsync(new RunRequest { Program = Programs.Examiner, Name = "user", Arguments = ["use"] }, Ecus.Soon);
        await ecus.A.WaitForLineAsync("user", line => line == "shared 42");

        NodeOperationException owner = await Assert.ThrowsAsync<NodeOperationException>(() => ecus.A.CheckpointAsync("owner", ecus.NewImage()));
        NodeOperationException user = await Assert.ThrowsAsync<NodeOperationException>(() => ecus.A.CheckpointAsync("user", ecus.NewImage()));

        Assert.Equal(NodeErrorCode.NotCheckpointable, owner.Code);
        Assert.Contains("user has a dataspace of owner attached", owner.Message, StringComparison.Ordinal);
        Assert.Contains("user holds a dataspace of owner", user.Message, StringComparison.Ordinal);
        await ecus.A.InspectAsync("owner");
        await ecus.A.InspectAsync("user");
    }

    [Fact]
    public async Task Module_that_changed_since_the_checkpoint_refuses_the_restore_by_its_path()
    {
        await using Ecus ecus = new();
        string module = ecus.NewFile("good morning");
        await ecus.A.RunAsync(new RunRequest { Program = Programs.Examiner, Arguments = ["modules"], Roms = new Dictionary<string, string> { ["greeting"] = module } }, Ecus.Soon);
        await ecus.A.WaitForLineAsync("Examiner", line => line.StartsWith("tick 2:", StringComparison.Ordinal));
        string image = ecus.NewImage();
        await ecus.A.CheckpointAsync("Examiner", image);
        File.WriteAllText(module, "good night, all");

        NodeOperationException refusal = await Assert.ThrowsAsync<NodeOperationException>(() => ecus.B.RestoreAsync(image));

        Assert.Equal(NodeErrorCode.MissingResource, refusal.Code);
        Assert.Contains(module, refusal.Message, StringComparison.Ordinal);
        Assert.Empty(await ecus.B.ListAsync());
    }

    [Fact]
    public async Task Module_log_and_timer_go_on_on_the_other_node()
    {
        await using Ecus ecus = new();
        string module = ecus.NewFile("good morning");
        await ecus.A.RunAsync(new RunRequest { Program = Programs.Examiner, Arguments = ["modules"], Roms = new Dictionary<string, string> { ["greeting"] = module } }, Ecus.Soon);
        await ecus.A.WaitForLineAsync("Examiner", line => line.StartsWith("tick 2:", StringComparison.Ordinal));
        string image = ecus.NewImage();

        await ecus.A.CheckpointAsync("Examiner", image);
        await ecus.B.RestoreAsync(image);
        LogEntry tick = await ecus.B.WaitForLineAsync("Examiner", line => line.StartsWith("tick", StringComparison.Ordinal));
        LogEntry lastBefore = (await ecus.A.LogAsync("Examiner")).Last(entry => entry.Text.StartsWith("tick", StringComparison.Ordinal));

        Assert.Equal($"tick {Number(lastBefore) + 1}: good morning True", tick.Text);
    }

    private static int Number(LogEntry entry) => int.Parse(entry.Text.Split(' ', ':')[1]);
}
