using System.Diagnostics;
using System.Text.RegularExpressions;
using Drover.Images.Series;
using Drover.Node;
using Drover.Node.Api;
using Drover.Node.Operations;

namespace Drover.Scenarios;

/// <summary>S24, the part of one node: checkpoints that come by themselves, old ones folded away, whatever happens to the node.</summary>
public sealed partial class S24PeriodicCheckpoints
{
    private const string Name = "Ledger";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Component_goes_on_from_each_of_the_images_that_are_kept(bool preCopy)
    {
        await using Ecus ecus = new();
        string images = ecus.NewImage();
        RunRequest request = Request(images, everyMs: 20, keep: 3);
        await ecus.A.RunAsync(request with { Checkpoints = request.Checkpoints! with { PreCopy = preCopy } }, Ecus.Soon);
        PeriodicReport running = await UntilAsync(ecus.A, report => report.Taken >= 60 && report.Folds > 0);
        await ecus.A.StopAsync(Name, Ecus.Soon);
        PeriodicReport ended = await UntilAsync(ecus.A, report => !report.IsActive);

        Assert.True(running.IsActive);
        Assert.Null(ended.Failure);
        Assert.Equal(3, ended.Images.Count);
        Assert.InRange(Directory.GetDirectories(images).Length, 3, 3 + 33);
        Assert.Equal(ended.Images[^1], ImageSeries.NewestIn(images));
        Assert.Equal(ended.Pauses!.MostMs, ended.Checkpoints.Max(taken => taken.PauseMs));
        Assert.Equal(Math.Min(1000, ended.Taken), ended.Pauses.Count);
        Assert.Contains(ended.Checkpoints, taken => taken.IsDelta);
        foreach (string image in ended.Images)
        {
            ImageFiles.Verify(image);
            await ecus.B.RestoreAsync(image);
            await AddsUpAsync(ecus.B);
            await ecus.B.StopAsync(Name, Ecus.Soon);
        }
    }

    [Fact]
    public async Task A_restored_component_is_checkpointed_again_and_the_directory_stands_for_its_newest_image()
    {
        await using Ecus ecus = new();
        string first = ecus.NewImage();
        string second = ecus.NewImage();
        await ecus.A.RunAsync(Request(first, everyMs: 50, keep: 2), Ecus.Soon);
        await UntilAsync(ecus.A, report => report.Taken >= 3);
        await ecus.A.StopAsync(Name, Ecus.Soon);

        await ecus.B.RestoreAsync(new RestoreRequest(first) { Checkpoints = new PeriodicRequest(second, 50, 2) }, Ecus.Soon);
        await UntilAsync(ecus.B, report => report.Taken >= 3);
        await ecus.B.StopAsync(Name, Ecus.Soon);

        await ecus.A.RestoreAsync(second);
        await AddsUpAsync(ecus.A);
    }

    [Fact]
    public async Task They_go_on_after_a_roll_back_with_a_complete_image()
    {
        await using Ecus ecus = new();
        string images = ecus.NewImage();
        await ecus.A.RunAsync(Request(images, everyMs: 20, keep: 20), Ecus.Soon);
        await UntilAsync(ecus.A, report => report.Taken >= 3);
        await ecus.A.SnapshotAsync(new SnapshotRequest(Name), Ecus.Soon);
        await UntilAsync(ecus.A, report => report.Taken >= 6);

        await ecus.A.RollBackAsync(new RollbackRequest(Name), Ecus.Soon);
        long before = (await ecus.A.ListCheckpointsAsync(Name, Ecus.Soon)).Taken;
        PeriodicReport report = await UntilAsync(ecus.A, report => report.Taken >= before + 4);
        await ecus.A.StopAsync(Name, Ecus.Soon);

        Assert.Equal(2, report.Checkpoints.Count(taken => !taken.IsDelta));
        Assert.True(report.Checkpoints[^1].IsDelta);
        await ecus.B.RestoreAsync(images);
        await AddsUpAsync(ecus.B);
    }

    [Fact]
    public async Task If_the_directory_holds_earlier_images_the_component_is_not_started_and_they_stay()
    {
        await using Ecus ecus = new();
        string images = ecus.NewImage();
        await ecus.A.RunAsync(Request(images, everyMs: 50, keep: 2), Ecus.Soon);
        await UntilAsync(ecus.A, report => report.Taken >= 2);
        await ecus.A.StopAsync(Name, Ecus.Soon);
        await UntilAsync(ecus.A, report => !report.IsActive);

        NodeOperationException refusal = await Assert.ThrowsAsync<NodeOperationException>(() => ecus.B.RunAsync(Request(images, everyMs: 50, keep: 2), Ecus.Soon));

        Assert.Equal(NodeErrorCode.ImageDirectory, refusal.Code);
        Assert.Contains("earlier run", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(await ecus.B.ListAsync(Ecus.Soon));
        ImageFiles.Verify(images);
    }

    [Fact]
    public async Task A_component_that_cannot_be_started_leaves_no_directory()
    {
        await using Ecus ecus = new();
        string images = ecus.NewImage();
        await ecus.A.RunAsync(new RunRequest { Program = Programs.Ledger, Arguments = ["10", "1", "1"] }, Ecus.Soon);

        NodeOperationException refusal = await Assert.ThrowsAsync<NodeOperationException>(() => ecus.A.RunAsync(Request(images, everyMs: 50, keep: 2), Ecus.Soon));

        Assert.Equal(NodeErrorCode.NameTaken, refusal.Code);
        Assert.False(Directory.Exists(images));
    }

    [Fact]
    public async Task Killed_at_any_moment_a_node_leaves_a_newest_image_from_which_the_component_goes_on()
    {
        await using Ecus ecus = new();
        string folder = Directory.CreateTempSubdirectory("drover-periodic-").FullName;
        try
        {
            for (int round = 0; round < 4; round++)
            {
                string images = Path.Combine(folder, $"images-{round}");
                await KillWhileCheckpointingAsync(Path.Combine(folder, "node.sock"), images, checkpoints: 5 + (round * 11));

                ImageFiles.Verify(images);
                await ecus.A.RestoreAsync(images);
                await AddsUpAsync(ecus.A);
                await ecus.A.StopAsync(Name, Ecus.Soon);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task KillWhileCheckpointingAsync(string socket, string images, int checkpoints)
    {
        ProcessStartInfo start = new("dotnet", [Programs.Drover, "node", "--name", "periodic", "--socket", socket]) { RedirectStandardOutput = true };
        using Process node = Process.Start(start)!;
        Assert.Contains("listens", await node.StandardOutput.ReadLineAsync(Ecus.Soon) ?? "", StringComparison.Ordinal);
        using NodeClient client = new(socket);
        await client.RunAsync(Request(images, everyMs: 10, keep: 2), Ecus.Soon);
        await UntilAsync(client, report => report.Taken >= checkpoints);
        node.Kill();
        await node.WaitForExitAsync(Ecus.Soon);
    }

    private static RunRequest Request(string images, double everyMs, int keep) => new()
    {
        Program = Programs.Ledger,
        Arguments = ["300", "5", "1"],
        Checkpoints = new PeriodicRequest(images, everyMs, keep),
    };

    /// <summary>Looks whenever the component has written a line, or has ended.</summary>
    private static async Task<PeriodicReport> UntilAsync(INodeOperations node, Func<PeriodicReport, bool> wanted)
    {
        long seen = 0;
        while (true)
        {
            PeriodicReport report = await node.ListCheckpointsAsync(Name, Ecus.Soon);
            if (wanted(report))
                return report;
            Ecus.Soon.ThrowIfCancellationRequested();
            if ((await node.ListAsync(Ecus.Soon)).Single(component => component.Name == Name).State == ComponentState.Running)
                seen = (await node.WaitForLineAsync(Name, _ => true, seen)).Sequence;
            else
                await Task.Yield();
        }
    }

    /// <summary>Its books are in order, now and five rounds later.</summary>
    private static async Task AddsUpAsync(INodeOperations node)
    {
        LogEntry next = await node.WaitForLineAsync(Name, line => Round().IsMatch(line) || line.StartsWith("fault", StringComparison.Ordinal));
        long number = long.Parse(Round().Match(next.Text).Groups[1].Value);
        await node.WaitForLineAsync(Name, line => line.StartsWith($"round {number + 5} adds up", StringComparison.Ordinal), next.Sequence);
    }

    [GeneratedRegex("^round ([0-9]+) adds up")]
    private static partial Regex Round();
}
