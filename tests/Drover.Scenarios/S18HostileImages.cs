using Drover.Node;
using Drover.Node.Operations;

namespace Drover.Scenarios;

/// <summary>A damaged image is refused whole, and nothing of it is left on the node.</summary>
public sealed class S18HostileImages
{
    [Theory]
    [InlineData("manifest", 0)]
    [InlineData("manifest", 9)]
    [InlineData("manifest", 4000)]
    [InlineData("pages", 100_000)]
    [InlineData("dataspaces", 5000)]
    public async Task Flipped_bit_is_refused_and_the_image_is_restored_once_it_is_flipped_back(string file, int offset)
    {
        await using Ecus ecus = new();
        (string image, int last) = await CheckpointAsync(ecus);
        string path = Path.Combine(image, file);
        Flip(path, offset);

        NodeOperationException refusal = await Assert.ThrowsAsync<NodeOperationException>(() => ecus.B.RestoreAsync(image));

        Assert.Equal(NodeErrorCode.BadImage, refusal.Code);
        Assert.Contains(file, refusal.Message, StringComparison.Ordinal);
        Assert.Empty(await ecus.B.ListAsync());
        Flip(path, offset);
        await ecus.B.RestoreAsync(image);
        Assert.Equal(last + 1, await ecus.B.NextCountAsync());
    }

    [Theory]
    [InlineData("manifest")]
    [InlineData("pages")]
    [InlineData("dataspaces")]
    public async Task Truncated_file_is_refused(string file)
    {
        await using Ecus ecus = new();
        (string image, _) = await CheckpointAsync(ecus);
        using (FileStream stream = File.OpenWrite(Path.Combine(image, file)))
            stream.SetLength(stream.Length / 2);

        NodeOperationException refusal = await Assert.ThrowsAsync<NodeOperationException>(() => ecus.B.RestoreAsync(image));

        Assert.Equal(NodeErrorCode.BadImage, refusal.Code);
        Assert.Empty(await ecus.B.ListAsync());
    }

    [Fact]
    public async Task Directory_without_a_manifest_holds_no_image()
    {
        await using Ecus ecus = new();
        (string image, _) = await CheckpointAsync(ecus);
        File.Delete(Path.Combine(image, "manifest"));

        NodeOperationException refusal = await Assert.ThrowsAsync<NodeOperationException>(() => ecus.B.RestoreAsync(image));

        Assert.Equal(NodeErrorCode.NoSuchImage, refusal.Code);
    }

    [Fact]
    public async Task Existing_image_is_not_overwritten_and_its_component_runs_on()
    {
        await using Ecus ecus = new();
        await ecus.A.RunSheepCounterAsync();
        await ecus.A.NextCountAsync();
        string image = ecus.NewImage();
        await ecus.A.CheckpointAsync("SheepCounter", image, leaveRunning: true);

        NodeOperationException refusal = await Assert.ThrowsAsync<NodeOperationException>(() => ecus.A.CheckpointAsync("SheepCounter", image));

        Assert.Equal(NodeErrorCode.ImageDirectory, refusal.Code);
        await ecus.A.NextCountAsync(afterSequence: (await ecus.A.LogAsync("SheepCounter"))[^1].Sequence);
    }

    private static async Task<(string Image, int Last)> CheckpointAsync(Ecus ecus)
    {
        await ecus.A.RunSheepCounterAsync();
        await ecus.A.NextCountAsync();
        string image = ecus.NewImage();
        CheckpointReport report = await ecus.A.CheckpointAsync("SheepCounter", image);
        return (image, await ecus.A.LastCountAsync(report.LogSequence));
    }

    private static void Flip(string path, int offset)
    {
        using FileStream stream = new(path, FileMode.Open);
        stream.Position = offset;
        int value = stream.ReadByte();
        stream.Position = offset;
        stream.WriteByte((byte)(value ^ 0x10));
    }
}
