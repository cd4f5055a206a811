using Drover.Images.Format;

namespace Drover.Images.Compression;

/// <summary>
/// Where the chunks of a compressed content file are. A chunk holds <see cref="Pages"/> stored pages, the last one what is left;
/// each is compressed by itself, so that any page can be read without those before it.
/// </summary>
internal sealed class ChunkTable
{
    /// <summary>Few enough that reading one page is cheap, many enough that they compress.</summary>
    public const int Pages = 16;

    public const int MostBytes = Pages * ImageFormat.PageBytes;

    private readonly long[] _offsets;
    private readonly int _pageCount;

    private ChunkTable(long[] offsets, int pageCount)
    {
        _offsets = offsets;
        _pageCount = pageCount;
    }

    /// <summary>Of the compressed file.</summary>
    public long FileBytes => _offsets[^1];

    /// <summary>Checks the sizes and makes a table of them.</summary>
    /// <param name="path">Of the manifest, for messages.</param>
    /// <param name="subject">What the sizes are called there.</param>
    /// <param name="sizes">Bytes of each chunk.</param>
    /// <param name="pageCount">Stored pages of the file.</param>
    public static ChunkTable Of(string path, string subject, IReadOnlyList<int> sizes, int pageCount)
    {
        int chunks = CountFor(pageCount);
        if (sizes.Count != chunks)
            throw new ImageFormatException(path, 0, subject, $"{chunks} chunks for {pageCount} pages", $"{sizes.Count}");
        var offsets = new long[chunks + 1];
        for (int i = 0; i < chunks; i++)
        {
            int most = PagesOf(i, pageCount) * ImageFormat.PageBytes;
            if (sizes[i] < 1 || sizes[i] > most)
                throw new ImageFormatException(path, 0, $"{subject}[{i}]", $"1 to {most} bytes", $"{sizes[i]}");
            offsets[i + 1] = offsets[i] + sizes[i];
        }

        return new ChunkTable(offsets, pageCount);
    }

    public static int CountFor(int pageCount) => (int)(((long)pageCount + Pages - 1) / Pages);

    /// <summary>Stored pages of a chunk.</summary>
    public static int PagesOf(int chunk, int pageCount) => Math.Min(Pages, pageCount - (chunk * Pages));

    /// <summary>Where a chunk is in the file, and how long its pages are.</summary>
    public (long OffsetBytes, int LengthBytes, int ContentBytes) Find(int chunk) =>
        (_offsets[chunk], (int)(_offsets[chunk + 1] - _offsets[chunk]), PagesOf(chunk, _pageCount) * ImageFormat.PageBytes);
}
