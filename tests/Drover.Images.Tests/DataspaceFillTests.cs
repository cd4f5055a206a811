using Drover.Images.State;
using Drover.Images.Tests.Model;
using Drover.Platform;

namespace Drover.Images.Tests;

/// <summary>Dataspaces that are large enough to be filled by several threads.</summary>
public sealed class DataspaceFillTests : IDisposable
{
    private const int LengthBytes = (9 << 20) + 1234;

    private readonly TemporaryDirectory _directory = new();

    private string Image => _directory.Sub("image");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Each_byte_of_a_large_dataspace_comes_to_its_place()
    {
        byte[] content = await WriteAsync();

        using ImageReader reader = ImageReader.Open(Image);
        using var target = new ArraySharedMemory(new byte[LengthBytes]);
        reader.CopyDataspace(new ObjectId(50), target);

        Assert.True(content.AsSpan().SequenceEqual(target.Content));
    }

    [Fact]
    public async Task A_damaged_page_of_a_large_dataspace_is_named()
    {
        await WriteAsync();
        const long DamagedAt = 5 << 20;
        string file = Path.Combine(Image, ImageFormat.DataspacesFile);
        using (FileStream stream = File.OpenWrite(file))
        {
            stream.Position = DamagedAt + 100;
            stream.WriteByte(0);
        }

        using ImageReader reader = ImageReader.Open(Image);
        using var target = new ArraySharedMemory(new byte[LengthBytes]);
        ImageFormatException failure = Assert.Throws<ImageFormatException>(() => reader.CopyDataspace(new ObjectId(50), target));

        Assert.Equal(file, failure.File);
        Assert.Equal(DamagedAt, failure.OffsetBytes);
    }

    /// <summary>Two long runs, no byte of which is zero, around a gap.</summary>
    private async Task<byte[]> WriteAsync()
    {
        const int GapStart = 6 << 20;
        const int GapEnd = 7 << 20;
        byte[] content = new byte[LengthBytes];
        for (int i = 0; i < content.Length; i++)
            content[i] = (byte)(1 + ((i + (i >> 12)) % 255));
        content.AsSpan(GapStart, GapEnd - GapStart).Clear();
        ImageManifest manifest = SampleImage.Manifest;
        ObjectState[] objects = [.. manifest.Domain.Objects, new ObjectState
        {
            Id = new ObjectId(50), Kind = ObjectKind.Dataspace, Badge = 5, Dataspace = new DataspaceState { LengthBytes = LengthBytes },
        }];
        using var source = new ArraySharedMemory(content, (0, GapStart), (GapEnd, LengthBytes - GapEnd));
        await using ImageWriter writer = ImageWriter.Begin(Image, new PlainDirectoryFlush());
        writer.WriteDataspace(new ObjectId(50), source);
        await writer.CommitAsync(manifest with { Domain = manifest.Domain with { Objects = objects } });
        return content;
    }
}
