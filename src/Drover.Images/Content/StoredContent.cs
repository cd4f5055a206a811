using Drover.Images.Format;
using Drover.Platform;

namespace Drover.Images.Content;

/// <summary>The content of one owner as the image has it.</summary>
/// <param name="file">The content file.</param>
/// <param name="segments">The owner's segments, ascending.</param>
/// <param name="runs">What of them a restorer has to fill.</param>
internal sealed class StoredContent(ContentFile file, ReadOnlyMemory<Segment> segments, IReadOnlyList<PageRun> runs) : IPageSource
{
    public IReadOnlyList<PageRun> Runs { get; } = runs;

    public void Read(ulong address, Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            Segment segment = Find(address);
            ulong inside = address - segment.Address;
            Span<byte> part = destination[..(int)Math.Min((ulong)destination.Length, segment.LengthBytes - inside)];
            if (segment.Kind == SegmentKind.Zero)
                part.Clear();
            else
                file.Read(segment.FileOffsetBytes + inside, part);
            address += (ulong)part.Length;
            destination = destination[part.Length..];
        }
    }

    private Segment Find(ulong address)
    {
        ReadOnlySpan<Segment> all = segments.Span;
        int low = 0;
        int high = all.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (all[middle].End <= address)
                low = middle + 1;
            else
                high = middle;
        }

        if (low == all.Length || all[low].Address > address)
            throw new ArgumentOutOfRangeException(nameof(address), $"The image has no page at 0x{address:x}.");
        return all[low];
    }
}
