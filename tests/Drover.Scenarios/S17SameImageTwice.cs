using System.Security.Cryptography;
using Drover.Node;
using Drover.Node.Operations;

namespace Drover.Scenarios;

/// <summary>S17: one image, two instances.</summary>
public sealed class S17SameImageTwice
{
    [Fact]
    public async Task Image_restored_on_two_nodes_is_unchanged_and_the_instances_are_independent()
    {
        await using Ecus ecus = new();
        await ecus.A.RunSheepCounterAsync();
        await ecus.A.WaitForLineAsync("SheepCounter", line => line == "sheep 3");
        string image = ecus.NewImage();
        CheckpointReport checkpoint = await ecus.A.CheckpointAsync("SheepCounter", image);
        int last = await ecus.A.LastCountAsync(checkpoint.LogSequence);
        Dictionary<string, string> hashes = Hashes(image);
        ILocalNode c = ecus.Start("ecu-c");

        await ecus.B.RestoreAsync(image);
        await ecus.B.WaitForLineAsync("SheepCounter", line => line == $"sheep {last + 5}");
        await c.RestoreAsync(image);

        Assert.Equal(last + 1, await c.NextCountAsync());
        Assert.Equal(last + 1, await ecus.B.NextCountAsync());
        Assert.Equal(["brought 1", "Stray came back"], await c.RunToEndAsync(Programs.Examiner, "bring"));
        Assert.Contains("0 brought", await DescribeAsync(ecus.B), StringComparison.Ordinal);
        Assert.Equal(hashes, Hashes(image));
    }

    [Fact]
    public async Task Same_name_is_taken_while_the_first_instance_runs_on_the_node()
    {
        await using Ecus ecus = new();
        await ecus.A.RunSheepCounterAsync();
        await ecus.A.NextCountAsync();
        string image = ecus.NewImage();
        await ecus.A.CheckpointAsync("SheepCounter", image, leaveRunning: true);

        NodeOperationException refusal = await Assert.ThrowsAsync<NodeOperationException>(() => ecus.A.RestoreAsync(image));

        Assert.Equal(NodeErrorCode.NameTaken, refusal.Code);
    }

    private static async Task<string> DescribeAsync(ILocalNode node) => string.Join('\n', await node.RunToEndAsync(Programs.Examiner, "describe"));

    private static Dictionary<string, string> Hashes(string image) => Directory.GetFiles(image)
        .ToDictionary(file => Path.GetFileName(file), file => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file))));
}
