using Drover.Images.Tests.Model;
using Drover.Platform;

namespace Drover.Images.Tests;

/// <summary>Content that was written while it changed is in the image as it was at last, once.</summary>
public sealed class RoundsTests : IDisposable
{
    private const ulong Page = 4096;
    private const ulong Heap = SampleImage.HeapStart;

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Page_that_is_written_again_takes_the_place_of_the_first_and_one_that_is_gone_leaves_none()
    {
        await using (ImageWriter writer = ImageWriter.Begin(Sub("image"), new PlainDirectoryFlush()))
        {
            ContentRounds rounds = writer.BeginPages();
            rounds.Write(Heap, [.. MemoryPages.Content(1), .. MemoryPages.Content(2), .. new byte[Page], .. MemoryPages.Content(4)]);
            rounds.Forget([new PageRun(Heap, Page), new PageRun(Heap + (3 * Page), Page)]);
            Assert.Equal([new PageRun(Heap + (3 * Page), Page)], rounds.Missing([new PageRun(Heap + Page, 3 * Page)]));
            rounds.Write(Heap + (3 * Page), MemoryPages.Content(6));
            rounds.Keep([new PageRun(Heap + Page, 3 * Page)]);
            await writer.CommitAsync(SampleImage.Manifest);
        }

        using ImageReader reader = ImageReader.Open(Sub("image"));
        reader.VerifyPages();
        Assert.Equal([new PageRun(Heap + Page, Page), new PageRun(Heap + (3 * Page), Page)], reader.Runs);
        Assert.Equal(MemoryPages.Content(2), Read(reader, Heap + Page));
        Assert.Equal(MemoryPages.Content(6), Read(reader, Heap + (3 * Page)));
        Assert.Equal(2 * (long)Page, new FileInfo(Path.Combine(Sub("image"), "pages")).Length);
    }

    [Fact]
    public async Task Page_that_was_not_written_since_it_was_forgotten_cannot_be_kept()
    {
        await using ImageWriter writer = ImageWriter.Begin(Sub("image"), new PlainDirectoryFlush());
        ContentRounds rounds = writer.BeginPages();
        rounds.Write(Heap, MemoryPages.Content(1));
        rounds.Forget([new PageRun(Heap, Page)]);

        Assert.Throws<InvalidOperationException>(() => rounds.Keep([new PageRun(Heap, Page)]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Whatever_is_written_forgotten_and_dropped_the_image_holds_what_was_there_last(bool withParent)
    {
        const int Pages = 4; // of the sample's heap
        for (int seed = 0; seed < 150; seed++)
        {
            Random random = new(seed);
            string directory = Sub($"{seed}");
            int[] before = await BaseAsync($"{seed}-base", random, Pages);
            int[] now = [.. before];
            using ImageReader? parent = withParent ? ImageReader.Open(Sub($"{seed}-base")) : null;
            await using (ImageWriter writer = ImageWriter.Begin(directory, new PlainDirectoryFlush(), parent))
            {
                ContentRounds rounds = writer.BeginPages();
                HashSet<int> written = [.. Enumerable.Range(0, Pages)];
                for (int round = 0; round < 6; round++)
                {
                    rounds.Forget([.. written.Order().Select(RunOf)]);
                    foreach (int page in written.Where(page => now[page] >= 0 && random.Next(4) > 0))
                        rounds.Write(AddressOf(page), ContentOf(now[page]), compare: withParent);
                    written.Clear();
                    for (int page = 0; page < Pages; page++)
                    {
                        if (random.Next(2) == 0)
                            continue;
                        now[page] = random.Next(-1, 4);
                        written.Add(page);
                    }
                }

                PageRun[] there = [.. Enumerable.Range(0, Pages).Where(page => now[page] >= 0).Select(RunOf)];
                rounds.Forget([.. written.Order().Select(RunOf)]);
                foreach (PageRun run in rounds.Missing(there))
                {
                    for (ulong at = run.Address; at < run.End; at += Page)
                        rounds.Write(at, ContentOf(now[(int)((at - Heap) / Page)]), compare: withParent);
                }

                rounds.Keep(there);
                await writer.CommitAsync(SampleImage.Manifest with { ImageId = null });
            }

            using ImageReader reader = ImageReader.Open(directory);
            reader.VerifyPages();
            for (int page = 0; page < Pages; page++)
            {
                if (now[page] > 0)
                    Assert.Equal(ContentOf(now[page]), Read(reader, AddressOf(page)));
                else
                    Assert.DoesNotContain(reader.Runs, run => run.Address <= AddressOf(page) && AddressOf(page) < run.End);
            }

            int stored = Enumerable.Range(0, Pages).Count(page => now[page] > 0 && !(withParent && now[page] == before[page]));
            Assert.Equal(stored * (long)Page, new FileInfo(Path.Combine(directory, "pages")).Length);
        }
    }

    private async Task<int[]> BaseAsync(string name, Random random, int pages)
    {
        int[] contents = [.. Enumerable.Range(0, pages).Select(_ => random.Next(1, 4))];
        await using ImageWriter writer = ImageWriter.Begin(Sub(name), new PlainDirectoryFlush());
        MemoryPages memory = new();
        for (int page = 0; page < pages; page++)
            memory.Add(AddressOf(page), ContentOf(contents[page]));
        writer.WritePages(memory);
        await writer.CommitAsync(SampleImage.Manifest with { ImageId = null });
        return contents;
    }

    private static byte[] ContentOf(int number) => number == 0 ? new byte[Page] : MemoryPages.Content(2 * number);

    private static ulong AddressOf(int page) => Heap + ((ulong)page * Page);

    private static PageRun RunOf(int page) => new(AddressOf(page), Page);

    private static byte[] Read(ImageReader reader, ulong address)
    {
        byte[] content = new byte[Page];
        reader.Read(address, content);
        return content;
    }

    private string Sub(string name) => _directory.Sub(name);
}
