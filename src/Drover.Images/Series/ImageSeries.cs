using Drover.Platform;

namespace Drover.Images.Series;

/// <summary>
/// The latest images of one component, in a directory of their own: the oldest complete, each of the others a delta image upon
/// the one before. Once enough have come to be too old, they are folded into the oldest that is kept. At every moment, also
/// after a crash, each of the newest <see cref="Keep"/> images can be restored. One owner; not thread-safe.
/// </summary>
public sealed class ImageSeries : IDisposable
{
    /// <summary>Most that may be kept, far below the longest chain that can be read.</summary>
    public const int MostKept = 100;

    /// <summary>Folding writes a complete image: it is worth it for several at once, or if they are large together.</summary>
    private const int ExcessWorthFolding = 16;

    /// <summary>Where more have come while the folding was under way, the next has to wait for it.</summary>
    private const int MostExcess = 2 * ExcessWorthFolding;

    private readonly IDirectoryFlush _directories;
    private readonly IDirectoryExchange _exchange;
    private readonly List<SeriesEntry> _entries = [];
    private long _lastNumber;
    private Task<SeriesFold>? _folding;

    private ImageSeries(string directory, int keep, IDirectoryFlush directories, IDirectoryExchange exchange)
    {
        Directory = directory;
        Keep = keep;
        _directories = directories;
        _exchange = exchange;
    }

    /// <summary>Absolute path of what holds the images.</summary>
    public string Directory { get; }

    /// <summary>How many of the newest images are there, at least, once there were so many.</summary>
    public int Keep { get; }

    /// <summary>The newest image, which the next one builds upon; null if the next is to be complete. The series' own.</summary>
    public ImageReader? Newest { get; private set; }

    /// <summary>The newest images, oldest first, at most <see cref="Keep"/>.</summary>
    public IReadOnlyList<string> Kept => [.. _entries.TakeLast(Keep).Select(entry => entry.Directory)];

    /// <summary>How often older images were folded.</summary>
    public int Folds { get; private set; }

    /// <summary>Takes a directory that must be absent or empty; its parent must exist.</summary>
    /// <exception cref="ImageStorageException">It is not empty, or cannot be made.</exception>
    public static ImageSeries Begin(string directory, int keep, IDirectoryFlush directories, IDirectoryExchange exchange)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        ArgumentOutOfRangeException.ThrowIfLessThan(keep, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(keep, MostKept);
        string path = Path.GetFullPath(directory);
        Storage.Guard(path, () => ImageDirectory.ClaimSeries(path));
        return new ImageSeries(path, keep, directories, exchange);
    }

    /// <summary>The newest image of a series, by its directory; null if there is none.</summary>
    public static string? NewestIn(string directory)
    {
        if (!System.IO.Directory.Exists(directory))
            return null;
        return System.IO.Directory.EnumerateDirectories(directory)
            .Select(path => (Path: path, IsImage: SeriesNames.TryParse(Path.GetFileName(path), out long number), Number: number))
            .Where(entry => entry.IsImage && ImageDirectory.HoldsImage(entry.Path))
            .OrderByDescending(entry => entry.Number)
            .Select(entry => entry.Path)
            .FirstOrDefault();
    }

    /// <summary>A path for the next image.</summary>
    public string NextDirectory() => Path.Combine(Directory, SeriesNames.Of(++_lastNumber));

    /// <summary>Takes an image over that was written to <see cref="NextDirectory"/>, upon <see cref="Newest"/>.</summary>
    public void Add(ImageReader image)
    {
        ArgumentNullException.ThrowIfNull(image);
        _entries.Add(new SeriesEntry(image.Directory, image.LengthBytes, image.Manifest.Parent is null));
        Newest?.Dispose();
        Newest = image;
    }

    /// <summary>The next image is complete: it is of another instance, or nothing can build upon the newest.</summary>
    public void StartAnew()
    {
        Newest?.Dispose();
        Newest = null;
    }

    /// <summary>Folds the images that are too old, in the background, if that is worth it by now, and takes over what was
    /// folded before. Waits only if so many have come meanwhile that the directory would grow without end.</summary>
    /// <exception cref="ImageStorageException">They could not be folded; they are all still there.</exception>
    /// <exception cref="ImageFormatException">One of them is damaged.</exception>
    public async Task TidyAsync(CancellationToken cancel)
    {
        if (_folding is { IsCompleted: true } done)
            await TakeOverAsync(done, cancel).ConfigureAwait(false);
        if (_folding is null && IsWorthFolding)
            _folding = Task.Run(() => SeriesFold.RunAsync(Directory, [.. _entries.SkipLast(Keep - 1)], _directories, _exchange, cancel), cancel);
        if (_folding is { } folding && IsFull)
            await TakeOverAsync(folding, cancel).ConfigureAwait(false);
    }

    /// <summary>Waits for a folding that is under way; the series takes no more images.</summary>
    public async Task CompleteAsync()
    {
        StartAnew();
        if (_folding is { } folding)
            await TakeOverAsync(folding, CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>Takes the directory back if no image has come to be in it.</summary>
    public void GiveUp()
    {
        try
        {
            System.IO.Directory.Delete(Directory);
        }
        catch (IOException)
        {
            // There is something in it.
        }
    }

    /// <summary>Closes the newest image. The images stay.</summary>
    public void Dispose() => StartAnew();

    private int Excess => _entries.Count - Keep;

    private bool IsWorthFolding => Excess > 0 && (Excess >= ExcessWorthFolding || 4 * DeltaBytes >= _entries[0].LengthBytes);

    private bool IsFull => Excess >= MostExcess || (Excess > 0 && DeltaBytes >= _entries[0].LengthBytes);

    /// <summary>Of the images that are to be folded into the first.</summary>
    private long DeltaBytes => _entries.Skip(1).Take(Math.Max(Excess, 0)).Sum(entry => entry.LengthBytes);

    private async Task TakeOverAsync(Task<SeriesFold> folding, CancellationToken cancel)
    {
        SeriesFold fold;
        try
        {
            fold = await folding.WaitAsync(cancel).ConfigureAwait(false);
        }
        catch (ImageFormatException)
        {
            // Nothing that builds upon a damaged image can be restored.
            StartAnew();
            throw;
        }
        finally
        {
            if (folding.IsCompleted)
                _folding = null;
        }

        Folds++;
        int at = _entries.FindIndex(entry => entry.Directory == fold.Complete.Directory);
        _entries[at] = fold.Complete;
        _entries.RemoveRange(0, at);
        if (Newest is { } newest)
        {
            // Its chain is shorter now.
            Newest = ImageReader.Open(newest.Directory);
            newest.Dispose();
        }
    }
}
