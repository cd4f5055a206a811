using Drover.Node;
using Drover.Node.Operations;
using Drover.Platform.Faults;

namespace Drover.Scenarios;

/// <summary>
/// A checkpoint or restore that fails at whatever step leaves nothing behind, says what failed, and the component goes on. A
/// step that is never come to fails the test, for then nothing fails at it.
/// </summary>
public sealed class S19AllOrNothing
{
    [Fact]
    public async Task Checkpoint_that_fails_at_any_step_leaves_nothing_and_the_component_goes_on()
    {
        FaultPoints faults = new();
        await using Ecus ecus = new(faults);
        await StartAsync(ecus);
        // The first one makes what a node keeps for good.
        await ecus.A.CheckpointAsync("SheepCounter", ecus.NewImage(), leaveRunning: true);
        Holdings before = Holdings.Now();
        string capabilities = await CapabilitiesAsync(ecus.A);

        foreach (FaultPoint point in PointsOf("Checkpoint"))
        {
            string image = ecus.NewImage();
            faults.Arm(point);
            NodeOperationException failure = await Assert.ThrowsAsync<NodeOperationException>(() => CheckpointAsync(ecus.A, image, point));

            Assert.Contains(FaultPointNames.Of(point), failure.Message, StringComparison.Ordinal);
            Assert.False(Directory.Exists(image), $"after {point} there is an image");
            await Holdings.AreAsync(before, $"{point}");
            await GoesOnAsync(ecus.A);
        }

        Assert.Equal(capabilities, await CapabilitiesAsync(ecus.A));
        await MovesAsync(ecus);
    }

    /// <summary>In the way that comes to the step.</summary>
    private static Task<CheckpointReport> CheckpointAsync(ILocalNode node, string image, FaultPoint point) =>
        node.CheckpointAsync(
            new CheckpointRequest("SheepCounter", image, LeaveRunning: false)
            {
                PreCopy = $"{point}".StartsWith("CheckpointPreCopy", StringComparison.Ordinal),
                Compress = point == FaultPoint.CheckpointCompress,
            },
            Ecus.Soon);

    [Fact]
    public async Task Restore_that_fails_at_any_step_leaves_nothing_and_the_source_goes_on()
    {
        FaultPoints faults = new();
        await using Ecus ecus = new(faults);
        await StartAsync(ecus);
        string image = ecus.NewImage();
        await ecus.A.CheckpointAsync("SheepCounter", image, leaveRunning: true);
        await RestoreAndStopAsync(ecus.B, image);
        Holdings before = Holdings.Now();
        string[] files = FilesOf(image);

        foreach (FaultPoint point in PointsOf("Restore"))
        {
            faults.Arm(point);
            NodeOperationException failure = await Assert.ThrowsAsync<NodeOperationException>(() => ecus.B.RestoreAsync(image, "again"));

            Assert.Contains(FaultPointNames.Of(point), failure.Message, StringComparison.Ordinal);
            Assert.DoesNotContain(await ecus.B.ListAsync(), component => component.State == ComponentState.Running);
            await GoesOnAsync(ecus.A);
            // A node that failed to build a process builds the next one from the ground up; then it holds what it held.
            await RestoreAndStopAsync(ecus.B, image);
            await Holdings.AreAsync(before, $"{point}");
        }

        Assert.Equal(files, FilesOf(image));
    }

    [Fact]
    public async Task Namespaces_that_could_not_be_made_beforehand_are_made_by_the_restore()
    {
        FaultPoints faults = new();
        await using Ecus ecus = new(faults);
        await StartAsync(ecus);
        string image = ecus.NewImage();
        faults.Arm(FaultPoint.SpareMakeNamespaces);

        await ecus.A.CheckpointAsync("SheepCounter", image);

        Assert.Contains(FaultPointNames.Of(FaultPoint.SpareMakeNamespaces), Assert.Single(ecus.FaultsOfA), StringComparison.Ordinal);
        await ecus.A.RestoreAsync(image);
        await ecus.A.NextCountAsync();
    }

    [Fact]
    public async Task Restore_is_refused_where_too_little_memory_is_left()
    {
        await using Ecus ecus = new();
        ILocalNode small = ecus.Start(new NodeOptions("small") { RamBytes = 600UL << 20 });
        await StartAsync(ecus);
        string image = ecus.NewImage();
        await ecus.A.CheckpointAsync("SheepCounter", image, leaveRunning: true);
        await small.RunAsync(new RunRequest { Program = Programs.Examiner, Name = "other", Arguments = ["idle"], RamBytes = 256 << 20 }, Ecus.Soon);
        await small.WaitForLineAsync("other", line => line == "idle");
        Holdings before = Holdings.Now();

        NodeOperationException refusal = await Assert.ThrowsAsync<NodeOperationException>(() => small.RestoreAsync(image));

        Assert.Equal(NodeErrorCode.MissingResource, refusal.Code);
        Assert.Contains($"{344UL << 20} of {600UL << 20} bytes", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(["other"], (await small.ListAsync()).Select(component => component.Name));
        await Holdings.AreAsync(before, "the refusal");
        await GoesOnAsync(ecus.A);
        await small.StopAsync("other");
        await small.RestoreAsync(image);
        await small.NextCountAsync();
    }

    [Fact]
    public async Task Restore_is_refused_where_a_service_is_missing()
    {
        await using Ecus ecus = new();
        await StartAsync(ecus);
        await ecus.A.RunAsync(new RunRequest { Program = Programs.Examiner, Name = "watcher", Arguments = ["watch"] }, Ecus.Soon);
        await ecus.A.WaitForLineAsync("watcher", IsSeen);
        string image = ecus.NewImage();
        await ecus.A.CheckpointAsync("watcher", image, leaveRunning: true);
        Holdings before = Holdings.Now();

        NodeOperationException refusal = await Assert.ThrowsAsync<NodeOperationException>(() => ecus.B.RestoreAsync(image));

        Assert.Equal(NodeErrorCode.MissingResource, refusal.Code);
        Assert.Contains("'Sheep'", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(await ecus.B.ListAsync());
        await Holdings.AreAsync(before, "the refusal");
        await ecus.A.WaitForLineAsync("watcher", IsSeen, (await ecus.A.LogAsync("watcher"))[^1].Sequence);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("good night, all")]
    public async Task Restore_is_refused_where_a_module_is_missing_or_another(string? content)
    {
        await using Ecus ecus = new();
        string module = ecus.NewFile("good morning");
        await ecus.A.RunAsync(new RunRequest { Program = Programs.Examiner, Arguments = ["modules"], Roms = new Dictionary<string, string> { ["greeting"] = module } }, Ecus.Soon);
        await ecus.A.WaitForLineAsync("Examiner", line => line.StartsWith("tick 2:", StringComparison.Ordinal));
        string image = ecus.NewImage();
        await ecus.A.CheckpointAsync("Examiner", image, leaveRunning: true);
        File.Delete(module);
        if (content is not null)
            File.WriteAllText(module, content);
        Holdings before = Holdings.Now();

        NodeOperationException refusal = await Assert.ThrowsAsync<NodeOperationException>(() => ecus.B.RestoreAsync(image));

        Assert.Equal(NodeErrorCode.MissingResource, refusal.Code);
        Assert.Contains(module, refusal.Message, StringComparison.Ordinal);
        Assert.Empty(await ecus.B.ListAsync());
        await Holdings.AreAsync(before, "the refusal");
        await ecus.A.WaitForLineAsync("Examiner", line => line.StartsWith("tick", StringComparison.Ordinal), (await ecus.A.LogAsync("Examiner"))[^1].Sequence);
    }

    private static IEnumerable<FaultPoint> PointsOf(string operation) =>
        Enum.GetValues<FaultPoint>().Where(point => point.ToString().StartsWith(operation, StringComparison.Ordinal));

    private static async Task StartAsync(Ecus ecus)
    {
        await Task.WhenAll(((NodeRuntime)ecus.A).Prepared, ((NodeRuntime)ecus.B).Prepared); // both read files until then
        await ecus.A.RunSheepCounterAsync(20);
        await ecus.A.NextCountAsync();
    }

    private static async Task<string> CapabilitiesAsync(ILocalNode node) => string.Join(
        '\n', (await node.InspectAsync("SheepCounter")).Capabilities.Select(slot => $"{slot.Selector} {slot.Held} {slot.Deliveries} {slot.Map}"));

    private static async Task RestoreAndStopAsync(ILocalNode node, string image)
    {
        await node.RestoreAsync(image, "again");
        await node.NextCountAsync("again");
        await node.StopAsync("again");
    }

    /// <summary>What was counted next follows what was counted last, and nothing is left out.</summary>
    private static async Task GoesOnAsync(ILocalNode node)
    {
        long now = (await node.LogAsync("SheepCounter"))[^1].Sequence;
        int last = await node.LastCountAsync(now);
        Assert.Equal(last + 1, await node.NextCountAsync(afterSequence: now));
    }

    private static async Task MovesAsync(Ecus ecus)
    {
        string image = ecus.NewImage();
        CheckpointReport report = await ecus.A.CheckpointAsync("SheepCounter", image);
        int last = await ecus.A.LastCountAsync(report.LogSequence);
        await ecus.B.RestoreAsync(image);
        Assert.Equal(last + 1, await ecus.B.NextCountAsync());
    }

    private static bool IsSeen(string line) => line.StartsWith("seen", StringComparison.Ordinal);

    private static string[] FilesOf(string image) =>
        [.. Directory.GetFiles(image).Order(StringComparer.Ordinal).Select(file => $"{file} {new FileInfo(file).Length} {File.GetLastWriteTimeUtc(file):O}")];
}
