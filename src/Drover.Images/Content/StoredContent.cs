using Drover.Platform;

namespace Drover.Images.Content;

/// <summary>The content of one owner as the image, or the chain of images, has it.</summary>
/// <param name="segments">The owner's segments, ascending.</param>
/// <param name="runs">Finds what of them a restorer has to fill; asked when somebody wants to know, which who writes the next
/// delta image does not.</param>
internal sealed class StoredContent(ReadOnlyMemory<ResolvedSegment> segments, Func<IReadOnlyList<PageRun>> runs) : IPageSource
{
    private readonly Lazy<IReadOnlyList<PageRun>> _runs = new(runs);

    public IReadOnlyList<PageRun> Runs => _runs.Value;

    public void Read(ulong address, Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            ResolvedSegment segment = Find(address);
            ulong inside = address - segment.Address;
            Span<byte> part = destination[..(int)Math.Min((ulong)destination.Length, segment.LengthBytes - inside)];
            if (segment.File is { } file)
                file.Read(segment.FileOffsetBytes + inside, part);
            else
                part.Clear();
            address += (ulong)part.Length;
            destination = destination[part.Length..];
        }
    }

    private ResolvedSegment Find(ulong address)
    {
        ReadOnlySpan<ResolvedSegment> all = segments.Span;
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
