using System.Diagnostics;
using Drover.Node;
using Drover.Node.Api;
using Drover.Node.Operations;

namespace Drover.Scenarios;

/// <summary>A real file system that is too small for an image, mounted where only the node sees it.</summary>
public sealed class S19FullDisk
{
    [RootFact]
    public async Task Image_that_does_not_fit_leaves_an_empty_disk_and_the_component_goes_on()
    {
        string folder = Directory.CreateTempSubdirectory("drover-full-").FullName;
        string disk = Path.Combine(folder, "disk");
        Directory.CreateDirectory(disk);
        string socket = Path.Combine(folder, "node.sock");
        try
        {
            using Process node = await StartNodeAsync(disk, socket);
            using NodeClient client = new(socket);
            await client.RunAsync(new RunRequest { Program = Programs.SheepCounter, Arguments = ["20"] }, Ecus.Soon);
            await client.NextCountAsync();
            // As the node sees it; here the directory is empty whatever it writes.
            string seen = $"/proc/{node.Id}/root{disk}";

            NodeOperationException failure = await Assert.ThrowsAsync<NodeOperationException>(() => client.CheckpointAsync("SheepCounter", Path.Combine(disk, "image")));

            Assert.Equal(NodeErrorCode.ImageDirectory, failure.Code);
            Assert.Contains("No space left on device", failure.Message, StringComparison.Ordinal);
            Assert.Empty(Directory.GetFileSystemEntries(seen));
            long now = (await client.LogAsync("SheepCounter"))[^1].Sequence;
            Assert.Equal(await client.LastCountAsync(now) + 1, await client.NextCountAsync(afterSequence: now));
            await client.CheckpointAsync("SheepCounter", Path.Combine(folder, "image"));
            Assert.True(File.Exists(Path.Combine(folder, "image", "manifest")));
            node.Kill();
            await node.WaitForExitAsync(Ecus.Soon);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [RootFact]
    public async Task Periodic_checkpoints_that_fill_the_disk_leave_whole_images_and_a_component_that_goes_on()
    {
        string folder = Directory.CreateTempSubdirectory("drover-full-").FullName;
        string disk = Path.Combine(folder, "disk");
        Directory.CreateDirectory(disk);
        try
        {
            using Process node = await StartNodeAsync(disk, Path.Combine(folder, "node.sock"), "8m");
            using NodeClient client = new(Path.Combine(folder, "node.sock"));
            PeriodicRequest checkpoints = new(Path.Combine(disk, "images"), EveryMs: 20, Keep: 5);
            await client.RunAsync(new RunRequest { Program = Programs.SheepCounter, Arguments = ["20"], Checkpoints = checkpoints }, Ecus.Soon);
            PeriodicReport report = await client.ListCheckpointsAsync("SheepCounter", Ecus.Soon);
            for (long seen = 0; report.Failure?.Contains("No space left", StringComparison.Ordinal) != true;)
            {
                // It counts on whatever becomes of its checkpoints.
                seen = (await client.WaitForLineAsync("SheepCounter", line => line.StartsWith("sheep", StringComparison.Ordinal), seen)).Sequence;
                report = await client.ListCheckpointsAsync("SheepCounter", Ecus.Soon);
            }

            await client.StopAsync("SheepCounter", Ecus.Soon);
            while (report.IsActive)
                report = await client.ListCheckpointsAsync("SheepCounter", Ecus.Soon);

            Assert.NotEmpty(report.Images);
            // As the node sees it; here the directory is empty whatever it writes.
            foreach (string image in report.Images)
                ImageFiles.Verify($"/proc/{node.Id}/root{image}");
            await client.RestoreAsync(report.Images[^1]);
            await client.NextCountAsync();
            node.Kill();
            await node.WaitForExitAsync(Ecus.Soon);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [RootFact]
    public async Task Deltas_and_a_merge_that_do_not_fit_leave_the_images_before_them_whole()
    {
        string folder = Directory.CreateTempSubdirectory("drover-full-").FullName;
        string disk = Path.Combine(folder, "disk");
        Directory.CreateDirectory(disk);
        string socket = Path.Combine(folder, "node.sock");
        try
        {
            // Room for the complete image and some deltas, and not for the complete image twice.
            using Process node = await StartNodeAsync(disk, socket, "9m");
            using NodeClient client = new(socket);
            await client.RunAsync(new RunRequest { Program = Programs.SheepCounter, Arguments = ["20"] }, Ecus.Soon);
            await client.NextCountAsync();
            string seen = $"/proc/{node.Id}/root{disk}";
            await client.CheckpointAsync("SheepCounter", Path.Combine(disk, "image-0"), leaveRunning: true);

            (int last, NodeOperationException failure) = await FillWithDeltasAsync(client, disk);
            Assert.NotEqual(0, last);
            NodeOperationException merge = await Assert.ThrowsAsync<NodeOperationException>(
                () => ImageFiles.MergeAsync(Path.Combine(seen, $"image-{last}"), Path.Combine(seen, "merged")));

            foreach (NodeOperationException full in (NodeOperationException[])[failure, merge])
            {
                Assert.Equal(NodeErrorCode.ImageDirectory, full.Code);
                Assert.Contains("No space left on device", full.Message, StringComparison.Ordinal);
            }

            Assert.Equal(
                Enumerable.Range(0, last + 1).Select(i => $"image-{i}").Order(StringComparer.Ordinal),
                Directory.GetFileSystemEntries(seen).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
            Assert.Equal(last + 1, ImageFiles.Verify(Path.Combine(seen, $"image-{last}")).Chain.Count);
            long now = (await client.LogAsync("SheepCounter"))[^1].Sequence;
            Assert.Equal(await client.LastCountAsync(now) + 1, await client.NextCountAsync(afterSequence: now));
            node.Kill();
            await node.WaitForExitAsync(Ecus.Soon);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Gives the number of the last image that fitted, and what the next one failed by.</summary>
    private static async Task<(int Last, NodeOperationException Failure)> FillWithDeltasAsync(NodeClient client, string disk)
    {
        for (int i = 1; i < 200; i++)
        {
            string parent = Path.Combine(disk, $"image-{i - 1}");
            try
            {
                await client.CheckpointAsync(
                    new CheckpointRequest("SheepCounter", Path.Combine(disk, $"image-{i}"), LeaveRunning: true, Parent: parent), Ecus.Soon);
            }
            catch (NodeOperationException failure)
            {
                return (i - 1, failure);
            }
        }

        throw new InvalidOperationException("the disk was never full");
    }

    private static async Task<Process> StartNodeAsync(string disk, string socket, string size = "1m")
    {
        ProcessStartInfo start = new(
            "unshare",
            ["--mount", "/bin/sh", "-c", "mount -t tmpfs -o size=$3 none \"$0\" && exec dotnet \"$1\" node --name full --socket \"$2\"", disk, Programs.Drover, socket, size])
        {
            RedirectStandardOutput = true,
        };
        Process node = Process.Start(start)!;
        Assert.Contains("listens", await node.StandardOutput.ReadLineAsync(Ecus.Soon) ?? "", StringComparison.Ordinal);
        return node;
    }
}
