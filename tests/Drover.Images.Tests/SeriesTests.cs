using Drover.Images.Series;
using Drover.Images.Tests.Model;
using Drover.Linux.Files;
using Drover.Platform;

namespace Drover.Images.Tests;

/// <summary>The latest images of a component, older ones folded away.</summary>
public sealed class SeriesTests : IDisposable
{
    private const ulong Page = 4096;
    private const ulong Heap = SampleImage.HeapStart;
    private const int Pages = 4;

    private readonly TemporaryDirectory _directory = new();
    private readonly Dictionary<string, int[]> _written = [];
    private readonly int[] _memory = new int[Pages];
    private int _lastContent;

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(12)]
    public async Task The_newest_images_can_be_read_at_every_moment_and_no_others_pile_up(int keep)
    {
        using ImageSeries series = Begin(keep, new DirectoryExchange());
        for (int round = 0; round < 45; round++)
        {
            await series.TidyAsync(CancellationToken.None);
            await TakeAsync(series);
            Assert.Equal(Math.Min(round + 1, keep), series.Kept.Count);
            series.Kept.ToList().ForEach(AssertHolds);
            Assert.Equal(series.Kept[^1], ImageSeries.NewestIn(series.Directory));
            Assert.True(Directory.GetDirectories(series.Directory).Length <= keep + 34);
        }

        await series.TidyAsync(CancellationToken.None);
        IReadOnlyList<string> kept = series.Kept;
        await series.CompleteAsync();

        Assert.InRange(series.Folds, 2, 45);
        Assert.Equal(kept, series.Kept);
        Assert.Equal(keep, kept.Count);
        kept.ToList().ForEach(AssertHolds);
        Assert.True(Directory.GetDirectories(series.Directory).Length < keep + 17);
    }

    [Fact]
    public async Task A_series_that_starts_anew_keeps_what_it_had_until_that_is_too_old()
    {
        using ImageSeries series = Begin(2, new DirectoryExchange());
        await TakeAsync(series);
        await TakeAsync(series);
        series.StartAnew();
        await TakeAsync(series);

        using (ImageReader newest = ImageReader.Open(series.Kept[^1]))
            Assert.Null(newest.Manifest.Parent);
        series.Kept.ToList().ForEach(AssertHolds);
        for (int round = 0; round < 40; round++)
        {
            await series.TidyAsync(CancellationToken.None);
            await TakeAsync(series);
            series.Kept.ToList().ForEach(AssertHolds);
        }
    }

    [Fact]
    public async Task If_old_images_cannot_be_folded_all_stay_and_it_is_tried_again()
    {
        bool isFull = true;
        using ImageSeries series = Begin(1, new HookedDirectoryExchange(() => _ = isFull ? throw new IOException("no space") : 0));
        for (int round = 0; round < 3; round++)
            await TakeAsync(series);

        ImageStorageException failure = await Assert.ThrowsAsync<ImageStorageException>(() => TidyToEndAsync(series));
        _written.Keys.ToList().ForEach(AssertHolds);
        isFull = false;
        await series.TidyAsync(CancellationToken.None);
        await series.CompleteAsync();

        Assert.Contains("no space", failure.Message, StringComparison.Ordinal);
        AssertHolds(series.Kept[0]);
        Assert.Equal([series.Kept[0]], Directory.GetDirectories(series.Directory));
    }

    [Fact]
    public async Task A_directory_with_earlier_images_is_refused_and_stays_as_it_is()
    {
        using (ImageSeries series = Begin(3, new DirectoryExchange()))
            await TakeAsync(series);

        ImageStorageException refusal = Assert.Throws<ImageStorageException>(() => Begin(3, new DirectoryExchange()));

        Assert.Contains("earlier run, the newest in 00000001", refusal.Message, StringComparison.Ordinal);
        _written.Keys.ToList().ForEach(AssertHolds);
    }

    [Fact]
    public void A_directory_with_anything_else_is_refused()
    {
        Directory.CreateDirectory(_directory.Sub("series"));
        File.WriteAllText(Path.Combine(_directory.Sub("series"), "mine"), "content");

        ImageStorageException refusal = Assert.Throws<ImageStorageException>(() => Begin(3, new DirectoryExchange()));

        Assert.Contains("\"mine\"", refusal.Message, StringComparison.Ordinal);
    }

    private static async Task TidyToEndAsync(ImageSeries series)
    {
        await series.TidyAsync(CancellationToken.None);
        await series.CompleteAsync();
    }

    private ImageSeries Begin(int keep, IDirectoryExchange exchange) =>
        ImageSeries.Begin(_directory.Sub("series"), keep, new PlainDirectoryFlush(), exchange);

    /// <summary>One page is another; of a complete image all are written.</summary>
    private async Task TakeAsync(ImageSeries series)
    {
        int changed = _lastContent % Pages;
        _memory[changed] = ++_lastContent;
        ImageReader? parent = series.Newest;
        MemoryPages written = new();
        List<PageRun> inherited = [];
        for (int page = 0; page < Pages; page++)
        {
            if (parent is null || page == changed)
                written.Add(Heap + ((ulong)page * Page), (byte)_memory[page]);
            else
                inherited.Add(new PageRun(Heap + ((ulong)page * Page), Page));
        }

        await using ImageWriter writer = ImageWriter.Begin(series.NextDirectory(), new PlainDirectoryFlush(), parent);
        writer.WritePages(written, inherited);
        await writer.CommitAsync(SampleImage.Manifest with { ImageId = null });
        _written.Add(writer.Directory, [.. _memory]);
        series.Add(writer.OpenCommitted());
    }

    private void AssertHolds(string image)
    {
        using ImageReader reader = ImageReader.Open(image);
        byte[] content = new byte[Page];
        for (int page = 0; page < Pages; page++)
        {
            if (_written[image][page] == 0)
                continue;
            reader.Read(Heap + ((ulong)page * Page), content);
            Assert.Equal(MemoryPages.Content((byte)_written[image][page]), content);
        }
    }
}
