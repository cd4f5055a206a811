using Drover.Platform;

namespace Drover.Images.Series;

/// <summary>Makes the last of some images complete, so that those before it are not needed any more, and deletes them.</summary>
/// <param name="Complete">The last, as it is now.</param>
internal sealed record SeriesFold(SeriesEntry Complete)
{
    /// <param name="series">The directory of the series.</param>
    /// <param name="images">Oldest first; at least one.</param>
    /// <param name="directories">Makes names durable.</param>
    /// <param name="exchange">Puts the complete image in the place of the delta image.</param>
    /// <param name="cancel">Gives up; the images stay as they are.</param>
    public static async Task<SeriesFold> RunAsync(
        string series, IReadOnlyList<SeriesEntry> images, IDirectoryFlush directories, IDirectoryExchange exchange, CancellationToken cancel)
    {
        SeriesEntry last = images[^1];
        if (!last.IsComplete)
            last = await CompleteAsync(series, last, directories, exchange, cancel).ConfigureAwait(false);
        // The newest first: whatever is left of them if this is cut short can still be read.
        foreach (SeriesEntry old in images.SkipLast(1).Reverse())
            Storage.Guard(old.Directory, () => ImageDirectory.Delete(old.Directory));
        return new SeriesFold(last);
    }

    private static async Task<SeriesEntry> CompleteAsync(
        string series, SeriesEntry delta, IDirectoryFlush directories, IDirectoryExchange exchange, CancellationToken cancel)
    {
        string beside = Path.Combine(series, SeriesNames.Folding);
        // What an earlier attempt that failed behind its commit may have left.
        Storage.Guard(beside, () => ImageDirectory.Delete(beside));
        long bytes;
        using (ImageReader chain = ImageReader.Open(delta.Directory))
            bytes = await ImageMerge.WriteAsync(chain, beside, directories, cancel).ConfigureAwait(false);
        Storage.Guard(beside, () => exchange.Exchange(beside, delta.Directory));
        Storage.Flush(directories, series);
        Storage.Guard(beside, () => ImageDirectory.Delete(beside));
        return new SeriesEntry(delta.Directory, bytes, true);
    }
}
