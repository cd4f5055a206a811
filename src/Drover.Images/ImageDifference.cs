using Drover.Images.Content;
using Drover.Images.State;
using Drover.Platform;

namespace Drover.Images;

/// <summary>
/// Content compared with what a parent image has: what differs, as a source of pages to be written, and what is as it was.
/// For when nobody noted what was written meanwhile; every byte is read and compared, so nothing can be missed.
/// </summary>
public sealed class ImageDifference : IPageSource
{
    private const int ChunkPages = 64;

    private readonly IPageSource _content;

    private ImageDifference(IPageSource content, List<PageRun> written, List<PageRun> inherited)
    {
        _content = content;
        Runs = written;
        Inherited = inherited;
    }

    /// <summary>What differs, or is not in the parent.</summary>
    public IReadOnlyList<PageRun> Runs { get; }

    /// <summary>What is as in the parent.</summary>
    public IReadOnlyList<PageRun> Inherited { get; }

    /// <summary>Compares private memory.</summary>
    /// <exception cref="ImageFormatException">A page of the parent is damaged.</exception>
    public static ImageDifference OfMemory(IPageSource content, ImageReader parent, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(parent);
        return Compare(content, parent.AsParent.Content.Memory, cancel);
    }

    /// <summary>Compares the content of a dataspace with that of the same dataspace in the parent.</summary>
    /// <param name="content">By offset.</param>
    /// <param name="parent">An image of the same instance.</param>
    /// <param name="badge">Of the dataspace; null for the UTCB area, which has none.</param>
    /// <param name="cancel">Ends the comparison.</param>
    /// <exception cref="ImageFormatException">A page of the parent is damaged.</exception>
    public static ImageDifference OfDataspace(IPageSource content, ImageReader parent, ulong? badge, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(parent);
        return Compare(content, parent.AsParent.Of(badge ?? 0, isUtcbArea: badge is null), cancel);
    }

    public void Read(ulong address, Span<byte> destination) => _content.Read(address, destination);

    private static ImageDifference Compare(IPageSource content, ResolvedSegment[] before, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(content);
        var parent = new StoredContent(before, () => []);
        List<PageRun> written = [];
        List<PageRun> inherited = [];
        byte[] now = new byte[ChunkPages * ImageFormat.PageBytes];
        byte[] then = new byte[now.Length];
        int next = 0;
        foreach (PageRun run in content.Runs)
        {
            for (ulong at = run.Address; at < run.End;)
            {
                cancel.ThrowIfCancellationRequested();
                while (next < before.Length && before[next].End <= at)
                    next++;
                bool isKnown = next < before.Length && before[next].Address <= at;
                ulong to = isKnown ? before[next].End : next < before.Length ? before[next].Address : run.End;
                ulong end = Math.Min(Math.Min(to, run.End), at + (ulong)now.Length);
                if (isKnown)
                    ComparePages(content, parent, at, now.AsSpan(0, (int)(end - at)), then, written, inherited);
                else
                    Append(written, at, end);
                at = end;
            }
        }

        return new ImageDifference(content, written, inherited);
    }

    private static void ComparePages(
        IPageSource content, StoredContent parent, ulong address, Span<byte> now, byte[] buffer, List<PageRun> written, List<PageRun> inherited)
    {
        Span<byte> then = buffer.AsSpan(0, now.Length);
        content.Read(address, now);
        parent.Read(address, then);
        for (int at = 0; at < now.Length; at += ImageFormat.PageBytes)
        {
            int pageBytes = Math.Min(ImageFormat.PageBytes, now.Length - at);
            bool same = now.Slice(at, pageBytes).SequenceEqual(then.Slice(at, pageBytes));
            Append(same ? inherited : written, address + (ulong)at, address + (ulong)at + (ulong)pageBytes);
        }
    }

    private static void Append(List<PageRun> runs, ulong start, ulong end)
    {
        if (runs.Count > 0 && runs[^1].End == start)
            runs[^1] = new PageRun(runs[^1].Address, end - runs[^1].Address);
        else
            runs.Add(new PageRun(start, end - start));
    }
}
