using System.Buffers.Binary;
using Drover.Images.Tests.Model;

namespace Drover.Images.Tests;

/// <summary>Index entries changed under a hash that fits. An entry is owner u32, kind u32, address u64, pages u64, file offset u64.</summary>
public sealed class SegmentTests : IAsyncLifetime, IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private ImageBytes _image = null!;

    private int FirstEntry => 72 + (int)BinaryPrimitives.ReadUInt64LittleEndian(_image.Manifest.AsSpan(32));

    private int FirstDataspaceEntry => _image.Manifest.Length - 32 - (3 * 4) - (3 * 32);

    public async Task InitializeAsync()
    {
        await SampleImage.WriteAsync(_directory.Sub("image"));
        _image = new ImageBytes(_directory.Sub("image"));
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(0, 0, 1ul, "owner of segment 0")]
    [InlineData(0, 4, 3ul, "kind of segment 0")]
    [InlineData(1, 4, 2ul, "segment 1, inherited at 0x7f0000002000")]
    [InlineData(0, 8, SampleImage.HeapStart + 1, "address of segment 0")]
    [InlineData(0, 8, 0xffff_8000_0000_0000, "address of segment 0")]
    [InlineData(0, 8, ulong.MaxValue & ~0xffful, "address of segment 0")]
    [InlineData(0, 8, SampleImage.SharedStart, "address range of segment 0")]
    [InlineData(0, 8, 0x10000ul, "address range of segment 0")]
    [InlineData(0, 16, 0ul, "file offset of segment 2")]
    [InlineData(1, 16, 0ul, "page count of segment 1")]
    [InlineData(0, 16, 3ul, "file offset of segment 2")]
    [InlineData(0, 16, 1ul << 52, "page count of segment 0")]
    [InlineData(0, 16, ulong.MaxValue, "page count of segment 0")]
    [InlineData(0, 24, 4096ul, "file offset of segment 0")]
    [InlineData(1, 24, 4096ul, "file offset of segment 1")]
    [InlineData(1, 16, 2ul, "address of segment 2")]
    [InlineData(2, 8, SampleImage.HeapStart, "address of segment 2")]
    [InlineData(2, 24, 0ul, "file offset of segment 2")]
    [InlineData(2, 24, ulong.MaxValue & ~0xffful, "file offset of segment 2")]
    [InlineData(3, 8, SampleImage.FileStart + 0x2000, "address range of segment 3")]
    public void Forged_page_segment_is_refused_and_named(int entry, int field, ulong value, string subject)
    {
        ImageFormatException refusal = Forge(FirstEntry, entry, field, value);

        Assert.Equal(subject, refusal.Subject);
    }

    [Theory]
    [InlineData(0, 0, 9ul, "owner of segment 0")]
    [InlineData(0, 0, 10ul, "owner of segment 0")]
    [InlineData(0, 0, 99ul, "owner of segment 0")]
    [InlineData(0, 0, 0ul, "address of segment 0")]
    [InlineData(1, 0, 5ul, "address of segment 1")]
    [InlineData(2, 0, 3ul, null)]
    [InlineData(1, 8, 0x10_0000ul, "address of segment 1")]
    [InlineData(1, 8, 0xf_f000ul, null)]
    [InlineData(2, 16, 9ul, "page count of segment 2")]
    public void Forged_dataspace_segment_is_refused_and_named(int entry, int field, ulong value, string? subject)
    {
        byte[] copy = Change(FirstDataspaceEntry, entry, field, value);
        if (subject is not null)
        {
            Assert.Equal(subject, _image.Refused(copy).Subject);
            return;
        }

        File.WriteAllBytes(_image.ManifestPath, copy);
        ImageReader.Open(_directory.Sub("image")).Dispose();
    }

    [Fact]
    public void Dataspace_whose_segments_are_in_two_places_is_refused()
    {
        byte[] copy = Change(FirstDataspaceEntry, 1, 0, 5);
        BinaryPrimitives.WriteUInt64LittleEndian(copy.AsSpan(FirstDataspaceEntry + 32 + 8), 0x1000);
        BinaryPrimitives.WriteUInt32LittleEndian(copy.AsSpan(FirstDataspaceEntry + 64), 4);

        ImageFormatException refusal = _image.Refused(ImageBytes.Seal(copy));

        Assert.Equal("owner of segment 2", refusal.Subject);
    }

    private ImageFormatException Forge(int table, int entry, int field, ulong value) => _image.Refused(Change(table, entry, field, value));

    private byte[] Change(int table, int entry, int field, ulong value)
    {
        byte[] copy = [.. _image.Manifest];
        Span<byte> at = copy.AsSpan(table + (entry * 32) + field);
        if (field < 8)
            BinaryPrimitives.WriteUInt32LittleEndian(at, (uint)value);
        else
            BinaryPrimitives.WriteUInt64LittleEndian(at, value);
        return ImageBytes.Seal(copy);
    }
}
