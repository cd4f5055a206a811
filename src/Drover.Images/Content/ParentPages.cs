using Drover.Platform;

namespace Drover.Images.Content;

/// <summary>Tells which pages are as a parent image has them.</summary>
internal sealed class ParentPages(ResolvedSegment[] segments)
{
    private readonly StoredContent _content = new(segments, () => []);
    private byte[] _buffer = [];

    /// <summary>All that the parent has.</summary>
    public IReadOnlyList<PageRun> Runs => [.. segments.Select(segment => new PageRun(segment.Address, segment.LengthBytes))];

    /// <summary>Sets a flag for each page that the parent has with the same content.</summary>
    /// <exception cref="ImageFormatException">A page of the parent is damaged.</exception>
    public void Compare(ulong address, ReadOnlySpan<byte> pages, Span<bool> isSame)
    {
        isSame.Clear();
        if (_buffer.Length < pages.Length)
            _buffer = GC.AllocateUninitializedArray<byte>(pages.Length);
        ulong end = address + (ulong)pages.Length;
        for (int i = FirstEndingAfter(address); i < segments.Length && segments[i].Address < end; i++)
        {
            ulong from = Math.Max(address, segments[i].Address);
            ulong to = Math.Min(end, segments[i].End);
            Span<byte> then = _buffer.AsSpan(0, (int)(to - from));
            _content.Read(from, then);
            ReadOnlySpan<byte> now = pages.Slice((int)(from - address), then.Length);
            int first = (int)((from - address) / ImageFormat.PageBytes);
            for (int at = 0; at < then.Length; at += ImageFormat.PageBytes)
                isSame[first + (at / ImageFormat.PageBytes)] = now.Slice(at, ImageFormat.PageBytes).SequenceEqual(then.Slice(at, ImageFormat.PageBytes));
        }
    }

    private int FirstEndingAfter(ulong address)
    {
        int low = 0;
        int high = segments.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (segments[middle].End <= address)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }
}
