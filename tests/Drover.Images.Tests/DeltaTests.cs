using Drover.Images.State;
using Drover.Images.Tests.Model;
using Drover.Platform;

namespace Drover.Images.Tests;

/// <summary>Images that hold only what changed since another.</summary>
public sealed class DeltaTests : IDisposable
{
    private const ulong Page = 4096;
    private const ulong Heap = SampleImage.HeapStart;

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Delta_shows_written_pages_zeros_and_inherited_pages_as_one_image()
    {
        string parent = await BaseAsync();

        await WriteAsync("delta", parent, new MemoryPages().Add(Heap, 21).AddZero(Heap + Page), [new PageRun(Heap + (3 * Page), Page)]);

        using ImageReader reader = ImageReader.Open(Sub("delta"));
        Assert.Equal([Sub("delta"), parent], reader.Chain);
        Assert.Equal(new ParentImage("../base", SampleImage.Manifest.ImageId!.Value), reader.Manifest.Parent);
        Assert.Equal([new PageRun(Heap, Page), new PageRun(Heap + (3 * Page), Page)], reader.Runs);
        Assert.Equal(MemoryPages.Content(21), Read(reader, Heap));
        Assert.Equal(new byte[Page], Read(reader, Heap + Page));
        Assert.Equal(MemoryPages.Content(3), Read(reader, Heap + (3 * Page)));
        Assert.Equal((long)Page, new FileInfo(Path.Combine(Sub("delta"), "pages")).Length);
        reader.VerifyPages();
    }

    [Fact]
    public async Task Pages_that_are_neither_written_nor_inherited_are_gone()
    {
        string parent = await BaseAsync();

        await WriteAsync("delta", parent, new MemoryPages(), [new PageRun(Heap, Page)]);

        using ImageReader reader = ImageReader.Open(Sub("delta"));
        Assert.Equal([new PageRun(Heap, Page)], reader.Runs);
        Assert.Throws<ArgumentOutOfRangeException>(() => Read(reader, Heap + Page));
    }

    [Fact]
    public async Task An_image_stays_open_from_its_commit_on_whatever_becomes_of_its_parent()
    {
        string parent = await BaseAsync();
        ImageReader committed;
        using (ImageReader before = ImageReader.Open(parent))
        await using (ImageWriter writer = ImageWriter.Begin(Sub("delta"), new PlainDirectoryFlush(), before))
        {
            Assert.Throws<InvalidOperationException>(() => writer.OpenCommitted());
            writer.WritePages(new MemoryPages().Add(Heap, 21), [new PageRun(Heap + (3 * Page), Page)]);
            await writer.CommitAsync(SampleImage.Manifest with { ImageId = null });
            committed = writer.OpenCommitted();
        }

        using ImageReader opened = ImageReader.Open(Sub("delta"));
        Directory.Delete(parent, recursive: true);
        using (committed)
        {
            Assert.Equal(opened.Manifest.ImageId, committed.Manifest.ImageId);
            Assert.Equal(opened.Chain, committed.Chain);
            Assert.Equal(opened.Runs, committed.Runs);
            Assert.Equal(opened.LengthBytes, committed.LengthBytes);
            Assert.Equal(MemoryPages.Content(21), Read(committed, Heap));
            Assert.Equal(MemoryPages.Content(3), Read(committed, Heap + (3 * Page)));
        }
    }

    [Fact]
    public async Task Dataspaces_are_inherited_by_their_badge_whatever_their_number_is()
    {
        string parent = await BaseAsync();
        ObjectId moved = new(77);
        ImageManifest manifest = SampleImage.Manifest with
        {
            ImageId = null,
            Domain = SampleImage.Manifest.Domain with
            {
                Objects = [.. SampleImage.Manifest.Domain.Objects.Select(entry => entry.Id == SampleImage.Tables ? entry with { Id = moved } : entry)],
                TableDataspace = moved,
            },
        };
        using (ImageReader before = ImageReader.Open(parent))
        await using (ImageWriter writer = ImageWriter.Begin(Sub("delta"), new PlainDirectoryFlush(), before))
        {
            writer.WriteDataspace(moved, new MemoryPages().Add(Page, 31), [new PageRun(0, Page), new PageRun(5 * Page, Page)]);
            await writer.CommitAsync(manifest);
        }

        using ImageReader reader = ImageReader.Open(Sub("delta"));
        Assert.Equal([new PageRun(0, 2 * Page), new PageRun(5 * Page, Page)], reader.Dataspace(moved).Runs);
        Assert.Equal(MemoryPages.Content(6), Read(reader.Dataspace(moved), 0));
        Assert.Equal(MemoryPages.Content(31), Read(reader.Dataspace(moved), Page));
        Assert.Equal(MemoryPages.Content(7), Read(reader.Dataspace(moved), 5 * Page));
        Assert.Empty(reader.Dataspace(SampleImage.Shared).Runs);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Base_and_a_hundred_deltas_equal_what_a_complete_image_would_hold(int seed)
    {
        var random = new Random(seed);
        SortedDictionary<ulong, byte[]> model = [];
        string path = await BaseAsync();
        foreach ((ulong address, byte[] content) in SampleImage.Pages().All)
            model[address] = content;
        for (int round = 0; round < 100; round++)
        {
            (MemoryPages written, List<PageRun> inherited) = Change(random, model, round);
            path = await WriteAsync($"delta-{round}", path, written, inherited);
        }

        using ImageReader chain = ImageReader.Open(path);
        Assert.Equal(101, chain.Chain.Count);
        AssertHolds(model, chain);
        await ImageMerge.WriteAsync(chain, Sub("merged"), new PlainDirectoryFlush());
        using ImageReader merged = ImageReader.Open(Sub("merged"));
        Assert.Single(merged.Chain);
        Assert.Equal(chain.Manifest.ImageId, merged.Manifest.ImageId);
        AssertHolds(model, merged);
        Assert.Equal(SampleImage.Json(chain.Manifest with { Parent = null }), SampleImage.Json(merged.Manifest));
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    public async Task Deltas_found_by_comparing_equal_what_a_complete_image_would_hold(int seed)
    {
        var random = new Random(seed);
        SortedDictionary<ulong, byte[]> model = [];
        string path = await BaseAsync();
        foreach ((ulong address, byte[] content) in SampleImage.Pages().All)
            model[address] = content;
        for (int round = 0; round < 20; round++)
        {
            (MemoryPages written, _) = Change(random, model, round);
            var now = new MemoryPages();
            foreach ((ulong address, byte[] content) in model)
                now.Add(address, content);
            using ImageReader before = ImageReader.Open(path);
            ImageDifference difference = ImageDifference.OfMemory(now, before);
            // A page may have been written with what it held before.
            Assert.All(difference.Runs.SelectMany(Pages), page => Assert.Contains(page, written.Runs.SelectMany(Pages)));
            path = Sub($"delta-{round}");
            await using ImageWriter writer = ImageWriter.Begin(path, new PlainDirectoryFlush(), before);
            writer.WritePages(difference, difference.Inherited);
            await writer.CommitAsync(SampleImage.Manifest with { ImageId = null });
        }

        using ImageReader chain = ImageReader.Open(path);
        AssertHolds(model, chain);
    }

    [Fact]
    public async Task Dataspaces_are_compared_by_their_badge()
    {
        using ImageReader before = ImageReader.Open(await BaseAsync());
        MemoryPages now = new MemoryPages().Add(0, 6).Add(Page, 9).Add(5 * Page, 8);

        ImageDifference tables = ImageDifference.OfDataspace(now, before, 0xaaaa_0000_0004);
        ImageDifference unknown = ImageDifference.OfDataspace(now, before, 0x1234);

        Assert.Equal([new PageRun(0, Page)], tables.Inherited);
        Assert.Equal([new PageRun(Page, Page), new PageRun(5 * Page, Page)], tables.Runs);
        Assert.Empty(unknown.Inherited);
        Assert.Equal([new PageRun(0, 2 * Page), new PageRun(5 * Page, Page)], unknown.Runs);
    }

    [Fact]
    public async Task Merged_image_takes_the_place_of_the_one_it_was_merged_from()
    {
        string first = await WriteAsync("first", await BaseAsync(), new MemoryPages().Add(Heap, 41), [new PageRun(Heap + Page, 2 * Page)]);
        // The last of the three is a page of zeros.
        string second = await WriteAsync("second", first, new MemoryPages(), [new PageRun(Heap, 3 * Page)]);
        using (ImageReader reader = ImageReader.Open(first))
            await ImageMerge.WriteAsync(reader, Sub("merged"), new PlainDirectoryFlush());
        Directory.Delete(Sub("base"), recursive: true);
        Directory.Delete(first, recursive: true);
        Directory.Move(Sub("merged"), first);

        using ImageReader rest = ImageReader.Open(second);

        Assert.Equal([second, first], rest.Chain);
        Assert.Equal(MemoryPages.Content(41), Read(rest, Heap));
        Assert.Equal(MemoryPages.Content(2), Read(rest, Heap + Page));
        Assert.Equal(new byte[Page], Read(rest, Heap + (2 * Page)));
    }

    [Fact]
    public async Task Chain_can_be_moved_as_a_whole()
    {
        await WriteAsync("delta", await BaseAsync(), new MemoryPages(), [new PageRun(Heap, Page)]);
        string elsewhere = Sub("elsewhere");
        Directory.CreateDirectory(elsewhere);
        Directory.Move(Sub("base"), Path.Combine(elsewhere, "base"));
        Directory.Move(Sub("delta"), Path.Combine(elsewhere, "delta"));

        using ImageReader reader = ImageReader.Open(Path.Combine(elsewhere, "delta"));

        Assert.Equal(MemoryPages.Content(1), Read(reader, Heap));
    }

    [Fact]
    public async Task Delta_without_its_parent_is_refused_by_name()
    {
        string parent = await BaseAsync();
        await WriteAsync("delta", parent, new MemoryPages(), []);
        Directory.Delete(parent, recursive: true);

        ImageStorageException refused = Assert.Throws<ImageStorageException>(() => ImageReader.Open(Sub("delta")));

        Assert.Contains($"its parent {parent} is not there", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Delta_whose_parent_was_replaced_is_refused()
    {
        string parent = await BaseAsync();
        await WriteAsync("delta", parent, new MemoryPages(), []);
        Directory.Delete(parent, recursive: true);
        await SampleImage.WriteAsync(parent, SampleImage.Manifest with { ImageId = new Guid("0e7c1f6a-52d4-4b0e-9a53-3c1d8f2b6a91") });

        ImageFormatException refused = Assert.Throws<ImageFormatException>(() => ImageReader.Open(Sub("delta")));

        Assert.Equal($"imageId of the parent of {Sub("delta")}", refused.Subject);
        Assert.Equal("0e7c1f6a-52d4-4b0e-9a53-3c1d8f2b6a91", refused.Found);
    }

    [Fact]
    public async Task Delta_of_another_instance_is_refused()
    {
        string parent = await BaseAsync();
        await WriteAsync("delta", parent, new MemoryPages(), []);
        Directory.Delete(parent, recursive: true);
        await SampleImage.WriteAsync(parent, SampleImage.Manifest with { Incarnation = 7 });

        ImageFormatException refused = Assert.Throws<ImageFormatException>(() => ImageReader.Open(Sub("delta")));

        Assert.Equal(("7", $"{SampleImage.Manifest.Incarnation}"), (refused.Found, refused.Expected));
        using ImageReader other = ImageReader.Open(parent);
        await using ImageWriter writer = ImageWriter.Begin(Sub("third"), new PlainDirectoryFlush(), other);
        await Assert.ThrowsAsync<InvalidOperationException>(() => writer.CommitAsync(SampleImage.Manifest with { ImageId = null }));
    }

    [Fact]
    public async Task Pages_that_the_parent_does_not_have_cannot_be_inherited()
    {
        string parent = await BaseAsync();

        await Assert.ThrowsAsync<ImageFormatException>(() => WriteAsync("delta", parent, new MemoryPages(), [new PageRun(Heap, 8 * Page)]));

        Assert.False(Directory.Exists(Sub("delta")));
        await Assert.ThrowsAsync<InvalidOperationException>(() => WriteAsync("delta", null, new MemoryPages(), [new PageRun(Heap, Page)]));
        await Assert.ThrowsAsync<ArgumentException>(() => WriteAsync("delta", parent, new MemoryPages().Add(Heap, 1), [new PageRun(Heap, Page)]));
    }

    [Fact]
    public async Task Damage_in_a_parent_is_found_when_its_page_is_read_and_when_the_chain_is_verified()
    {
        string parent = await BaseAsync();
        await WriteAsync("delta", parent, new MemoryPages().Add(Heap + (3 * Page), 9), [new PageRun(Heap, 2 * Page)]);
        byte[] pages = File.ReadAllBytes(Path.Combine(parent, "pages"));
        pages[5000] ^= 1;
        File.WriteAllBytes(Path.Combine(parent, "pages"), pages);

        using ImageReader reader = ImageReader.Open(Sub("delta"));

        Assert.Equal(MemoryPages.Content(1), Read(reader, Heap));
        Assert.Equal(MemoryPages.Content(9), Read(reader, Heap + (3 * Page)));
        Assert.Equal(Path.Combine(parent, "pages"), Assert.Throws<ImageFormatException>(() => Read(reader, Heap + Page)).File);
        Assert.Throws<ImageFormatException>(() => reader.VerifyPages());
        await Assert.ThrowsAsync<ImageFormatException>(() => ImageMerge.WriteAsync(reader, Sub("merged"), new PlainDirectoryFlush()));
        Assert.False(Directory.Exists(Sub("merged")));
    }

    [Fact]
    public async Task Image_that_is_its_own_parent_is_refused()
    {
        string parent = await BaseAsync();
        string delta = await WriteAsync("delta", parent, new MemoryPages(), []);
        var bytes = new ImageBytes(delta);

        ImageFormatException refused = bytes.RefusedWith(
            $"\"id\":\"{SampleImage.Manifest.ImageId}\"}},\"incarnation\"", $"\"id\":\"{Guid.Empty}\"}},\"incarnation\"");

        Assert.Equal("parent.id", refused.Subject);
        Assert.Equal("imageId of the parent of " + delta, bytes.RefusedWith("\"path\":\"../base\"", "\"path\":\"././///\"").Subject);
    }

    [Fact]
    public async Task Images_that_build_upon_each_other_are_refused()
    {
        string middle = await WriteAsync("middle", await BaseAsync(), new MemoryPages(), []);
        string delta = await WriteAsync("delta", middle, new MemoryPages(), []);
        Guid last;
        using (ImageReader reader = ImageReader.Open(delta))
            last = reader.Manifest.ImageId!.Value;
        ImageBytes.ChangeManifest(middle, manifest => manifest with { Parent = new ParentImage("../delta", last) });

        ImageFormatException refused = Assert.Throws<ImageFormatException>(() => ImageReader.Open(delta));

        Assert.Equal((Path.Combine(middle, "manifest"), "parent.id"), (refused.File, refused.Subject));
        Assert.EndsWith("a circle", refused.Found, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chain_that_grows_too_long_says_so()
    {
        string path = await BaseAsync();
        for (int i = 1; i < ImageFormat.LongestChain; i++)
            path = await WriteAsync($"{i}", path, new MemoryPages(), []);

        InvalidOperationException refused = await Assert.ThrowsAsync<InvalidOperationException>(() => WriteAsync("more", path, new MemoryPages(), []));

        Assert.Contains("merge them first", refused.Message, StringComparison.Ordinal);
    }

    private static (MemoryPages Written, List<PageRun> Inherited) Change(Random random, SortedDictionary<ulong, byte[]> model, int round)
    {
        var written = new MemoryPages();
        var inherited = new List<PageRun>();
        for (ulong address = Heap; address < Heap + (64 * Page); address += Page)
        {
            bool known = model.ContainsKey(address);
            switch (random.Next(16))
            {
                case 0 or 1:
                    byte[] content = random.Next(5) == 0 ? new byte[Page] : MemoryPages.Content((round * 100) + random.Next());
                    model[address] = content;
                    written.Add(address, content);
                    break;
                case 2:
                    model.Remove(address);
                    break;
                default:
                    if (known)
                        inherited.Add(new PageRun(address, Page));
                    break;
            }
        }

        // The file mapping stays as it was.
        inherited.AddRange(model.Keys.Where(address => address >= SampleImage.FileStart).Select(address => new PageRun(address, Page)));
        return (written, inherited);
    }

    private static IEnumerable<ulong> Pages(PageRun run)
    {
        for (ulong page = run.Address; page < run.End; page += Page)
            yield return page;
    }

    private static void AssertHolds(SortedDictionary<ulong, byte[]> model, ImageReader reader)
    {
        ulong[] expected = [.. model.Where(page => page.Key >= SampleImage.FileStart || page.Value.Any(b => b != 0)).Select(page => page.Key)];
        Assert.Equal(expected, reader.Runs.SelectMany(run => Enumerable.Range(0, (int)(run.LengthBytes / Page)).Select(i => run.Address + ((ulong)i * Page))));
        foreach (ulong address in expected)
            Assert.Equal(model[address], Read(reader, address));
    }

    private async Task<string> BaseAsync()
    {
        await SampleImage.WriteAsync(Sub("base"));
        return Sub("base");
    }

    private async Task<string> WriteAsync(string name, string? parent, MemoryPages written, IReadOnlyList<PageRun> inherited)
    {
        using ImageReader? before = parent is null ? null : ImageReader.Open(parent);
        await using ImageWriter writer = ImageWriter.Begin(Sub(name), new PlainDirectoryFlush(), before);
        writer.WritePages(written, inherited);
        await writer.CommitAsync(SampleImage.Manifest with { ImageId = null });
        return Sub(name);
    }

    private string Sub(string name) => _directory.Sub(name);

    private static byte[] Read(IPageSource source, ulong address)
    {
        byte[] content = new byte[Page];
        source.Read(address, content);
        return content;
    }
}
