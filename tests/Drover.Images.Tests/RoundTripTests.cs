using Drover.Images.State;
using Drover.Images.Tests.Model;
using Drover.Platform;

namespace Drover.Images.Tests;

public sealed class RoundTripTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private string Image => _directory.Sub("image");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Everything_that_was_written_is_read_again()
    {
        await SampleImage.WriteAsync(Image);

        using ImageReader reader = ImageReader.Open(Image);

        reader.VerifyPages();
        Assert.Equal(SampleImage.Json(SampleImage.Manifest), SampleImage.Json(reader.Manifest));
        foreach ((ulong address, byte[] content) in SampleImage.Pages().All)
            Assert.Equal(content, Read(reader, address, 4096));
        foreach ((ulong address, byte[] content) in SampleImage.TableContent().All)
            Assert.Equal(content, Read(reader.Dataspace(SampleImage.Tables), address, 4096));
    }

    [Fact]
    public async Task Zeros_are_filled_in_where_a_fresh_mapping_would_show_the_file_and_left_out_elsewhere()
    {
        await SampleImage.WriteAsync(Image);

        using ImageReader reader = ImageReader.Open(Image);

        PageRun[] expected =
        [
            new(SampleImage.HeapStart, 0x2000),
            new(SampleImage.HeapStart + 0x3000, 0x1000),
            new(SampleImage.HeapStart + 0x8000, 0x1000),
            new(SampleImage.FileStart, 0x2000),
        ];
        Assert.Equal(expected, reader.Runs);
        Assert.Equal(5 * 4096, new FileInfo(Path.Combine(Image, "pages")).Length);
    }

    [Fact]
    public async Task Reads_may_begin_and_end_anywhere_in_a_run()
    {
        await SampleImage.WriteAsync(Image);
        using ImageReader reader = ImageReader.Open(Image);
        byte[] whole = [.. MemoryPages.Content(1), .. MemoryPages.Content(2)];

        foreach ((int from, int length) in new[] { (0, 1), (1, 4095), (4095, 2), (100, 8000), (4096, 4096), (8191, 1), (5000, 0) })
            Assert.Equal(whole.AsSpan(from, length).ToArray(), Read(reader, SampleImage.HeapStart + (ulong)from, length));
        Assert.Throws<ArgumentOutOfRangeException>(() => Read(reader, SampleImage.HeapStart + 0x4000, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Read(reader, SampleImage.HeapStart + 0x3fff, 2));
    }

    [Fact]
    public async Task Dataspace_goes_from_memory_to_memory_and_untouched_parts_stay_zero()
    {
        byte[] content = new byte[0x4000];
        MemoryPages.Content(20).AsSpan(0, 1000).CopyTo(content.AsSpan(0x1100));
        using var source = new ArraySharedMemory(content, (0x1100, 1000));
        await using (ImageWriter writer = ImageWriter.Begin(Image, new PlainDirectoryFlush()))
        {
            writer.WriteDataspace(SampleImage.Shared, source);
            await writer.CommitAsync(SampleImage.Manifest);
        }

        using ImageReader reader = ImageReader.Open(Image);
        using var target = new ArraySharedMemory(new byte[0x4000]);
        reader.CopyDataspace(SampleImage.Shared, target);

        Assert.Equal(content, target.Content);
        Assert.Equal([new PageRun(0x1000, 0x1000)], reader.Dataspace(SampleImage.Shared).Runs);
        Assert.Empty(reader.Dataspace(SampleImage.Tables).Runs);
        Assert.Empty(reader.Runs);
    }

    [Fact]
    public async Task Last_page_of_a_dataspace_may_be_short()
    {
        ImageManifest manifest = SampleImage.Manifest;
        byte[] content = MemoryPages.Content(3).AsSpan(0, 1234).ToArray();
        ObjectState[] objects = [.. manifest.Domain.Objects, new ObjectState
        {
            Id = new ObjectId(50), Kind = ObjectKind.Dataspace, Badge = 5, Dataspace = new DataspaceState { LengthBytes = 1234 },
        }];
        using var source = new ArraySharedMemory(content, (0, 1234));
        await using (ImageWriter writer = ImageWriter.Begin(Image, new PlainDirectoryFlush()))
        {
            writer.WriteDataspace(new ObjectId(50), source);
            await writer.CommitAsync(manifest with { Domain = manifest.Domain with { Objects = objects } });
        }

        using ImageReader reader = ImageReader.Open(Image);
        using var target = new ArraySharedMemory(new byte[1234]);
        reader.CopyDataspace(new ObjectId(50), target);

        Assert.Equal(content, target.Content);
    }

    [Fact]
    public async Task Image_is_unchanged_by_reading_and_two_may_read_it()
    {
        await SampleImage.WriteAsync(Image);
        string[] before = [.. Directory.GetFiles(Image).Order().Select(file => file + Convert.ToHexString(File.ReadAllBytes(file)))];

        using (ImageReader one = ImageReader.Open(Image))
        using (ImageReader other = ImageReader.Open(Image))
        {
            one.VerifyPages();
            other.VerifyPages();
        }

        Assert.Equal(before, Directory.GetFiles(Image).Order().Select(file => file + Convert.ToHexString(File.ReadAllBytes(file))));
        Assert.Equal(["dataspaces", "manifest", "pages"], Directory.GetFiles(Image).Select(Path.GetFileName).Order());
    }

    private static byte[] Read(IPageSource source, ulong address, int length)
    {
        byte[] content = new byte[length];
        source.Read(address, content);
        return content;
    }
}
