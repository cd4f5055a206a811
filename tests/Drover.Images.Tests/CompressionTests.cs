using Drover.Images.State;
using Drover.Images.Tests.Model;
using Drover.Platform;

namespace Drover.Images.Tests;

/// <summary>Images whose content is compressed.</summary>
public sealed class CompressionTests : IDisposable
{
    private const ulong Page = 4096;
    private const ulong Heap = SampleImage.HeapStart;

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Compressed_image_reads_like_a_plain_one_and_is_smaller()
    {
        await SampleImage.WriteAsync(Sub("plain"));
        await WriteAsync("packed", null, SampleImage.Pages(), []);

        using ImageReader plain = ImageReader.Open(Sub("plain"));
        using ImageReader packed = ImageReader.Open(Sub("packed"));
        Assert.Equal(CompressionState.Zstandard, packed.Manifest.Compression!.Method);
        Assert.Equal(plain.Runs, packed.Runs);
        foreach (PageRun run in plain.Runs)
            Assert.Equal(Read(plain, run), Read(packed, run));
        PageRun table = new(0, Page);
        Assert.Equal(Read(plain.Dataspace(SampleImage.Tables), table), Read(packed.Dataspace(SampleImage.Tables), table));
        packed.VerifyPages();
        Assert.Equal(Directory.GetFiles(Sub("packed")).Sum(file => new FileInfo(file).Length), packed.LengthBytes);
        Assert.Equal(["dataspaces", "manifest", "pages"], Directory.GetFiles(Sub("packed")).Select(Path.GetFileName).Order());
        Assert.True(new FileInfo(Path.Combine(Sub("packed"), "pages")).Length < new FileInfo(Path.Combine(Sub("plain"), "pages")).Length);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(100)]
    public async Task Every_page_is_found_whatever_it_is_read_with_and_whether_it_could_be_compressed(int count)
    {
        var random = new Random(count);
        MemoryPages pages = new();
        for (int i = 0; i < count; i++)
        {
            byte[] page = new byte[Page];
            // Every third chunk is noise, which does not become shorter.
            if (i / 16 % 3 == 2)
                random.NextBytes(page);
            else
                page[random.Next(4096)] = (byte)(1 + (i % 255));
            pages.Add(Heap + ((ulong)i * Page), page);
        }

        await WriteAsync("packed", null, pages, []);

        using ImageReader reader = ImageReader.Open(Sub("packed"));
        foreach ((ulong address, byte[] content) in pages.All)
            Assert.Equal(content, Read(reader, new PageRun(address, Page)));
        for (int round = 0; round < 50; round++)
        {
            int first = random.Next(count);
            int length = random.Next(1, count - first + 1);
            byte[] expected = [.. pages.All.Skip(first).Take(length).SelectMany(page => page.Content)];
            Assert.Equal(expected, Read(reader, new PageRun(Heap + ((ulong)first * Page), (ulong)length * Page)));
        }
    }

    [Fact]
    public async Task Chain_of_plain_and_compressed_images_reads_as_one_and_merges_as_its_last_is()
    {
        await SampleImage.WriteAsync(Sub("base"));
        await WriteAsync("delta", Sub("base"), new MemoryPages().Add(Heap, 21), [new PageRun(Heap + Page, 3 * Page)]);
        using ImageReader chain = ImageReader.Open(Sub("delta"));

        await ImageMerge.WriteAsync(chain, Sub("merged"), new PlainDirectoryFlush());

        using ImageReader merged = ImageReader.Open(Sub("merged"));
        Assert.NotNull(merged.Manifest.Compression);
        Assert.Null(merged.Manifest.Parent);
        foreach (ImageReader reader in (ImageReader[])[chain, merged])
        {
            Assert.Equal(MemoryPages.Content(21), Read(reader, new PageRun(Heap, Page)));
            Assert.Equal(MemoryPages.Content(2), Read(reader, new PageRun(Heap + Page, Page)));
            Assert.Equal(MemoryPages.Content(3), Read(reader, new PageRun(Heap + (3 * Page), Page)));
        }
    }

    [Fact]
    public async Task Damage_is_named_wherever_it_is()
    {
        await WriteAsync("packed", null, SampleImage.Pages(), []);
        string path = Path.Combine(Sub("packed"), "pages");
        byte[] whole = await File.ReadAllBytesAsync(path);
        for (int at = 0; at < whole.Length; at++)
        {
            byte[] damaged = [.. whole];
            damaged[at] ^= 0x55;
            await File.WriteAllBytesAsync(path, damaged);
            using ImageReader reader = ImageReader.Open(Sub("packed"));
            try
            {
                reader.VerifyPages();
            }
            catch (ImageFormatException damage)
            {
                Assert.Equal(path, damage.File);
                continue;
            }

            // Some bits of a frame mean nothing; then the pages are what they were.
            Assert.Equal(MemoryPages.Content(1), Read(reader, new PageRun(Heap, Page)));
        }
    }

    [Fact]
    public async Task File_of_another_length_is_refused()
    {
        await WriteAsync("packed", null, SampleImage.Pages(), []);
        await File.AppendAllTextAsync(Path.Combine(Sub("packed"), "pages"), "x");

        Assert.Equal("length of the content file", Assert.Throws<ImageFormatException>(() => ImageReader.Open(Sub("packed"))).Subject);
    }

    [Fact]
    public async Task Sizes_that_cannot_be_are_refused_before_anything_is_read()
    {
        await WriteAsync("packed", null, SampleImage.Pages(), []);
        CompressionState state;
        using (ImageReader reader = ImageReader.Open(Sub("packed")))
            state = reader.Manifest.Compression!;

        Refuses(state with { Method = "lzma" }, "compression.method");
        Refuses(state with { PagesChunkBytes = [] }, "compression.pagesChunkBytes");
        Refuses(state with { PagesChunkBytes = [-5] }, "compression.pagesChunkBytes[0]");
        Refuses(state with { PagesChunkBytes = [int.MaxValue] }, "compression.pagesChunkBytes[0]");
        Refuses(state with { DataspacesChunkBytes = [.. state.DataspacesChunkBytes, 1] }, "compression.dataspacesChunkBytes");
    }

    private void Refuses(CompressionState state, string subject)
    {
        ImageBytes.ChangeManifest(Sub("packed"), manifest => manifest with { Compression = state });
        Assert.Equal(subject, Assert.Throws<ImageFormatException>(() => ImageReader.Open(Sub("packed"))).Subject);
    }

    private async Task WriteAsync(string name, string? parent, MemoryPages pages, IReadOnlyList<PageRun> inherited)
    {
        using ImageReader? before = parent is null ? null : ImageReader.Open(parent);
        await using ImageWriter writer = ImageWriter.Begin(Sub(name), new PlainDirectoryFlush(), before);
        writer.Compress = true;
        writer.WritePages(pages, inherited);
        writer.WriteDataspace(SampleImage.Tables, SampleImage.TableContent());
        await writer.CommitAsync(SampleImage.Manifest with { ImageId = null });
    }

    private string Sub(string name) => _directory.Sub(name);

    private static byte[] Read(IPageSource source, PageRun run)
    {
        byte[] content = new byte[run.LengthBytes];
        source.Read(run.Address, content);
        return content;
    }
}
