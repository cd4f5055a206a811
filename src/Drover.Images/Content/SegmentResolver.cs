using Drover.Images.Format;

namespace Drover.Images.Content;

/// <summary>Puts in the place of each inherited segment what the parent has there.</summary>
internal sealed class SegmentResolver(string path, ContentIndex index, long indexOffset, ContentFile? file)
{
    /// <summary>Resolves the segments from one index up to another; they are of one owner.</summary>
    /// <param name="first">Index of the first segment.</param>
    /// <param name="end">Index behind the last one.</param>
    /// <param name="inherited">The owner's content in the parent image; null if there is no parent.</param>
    public ResolvedSegment[] Resolve(int first, int end, ResolvedSegment[]? inherited)
    {
        var resolved = new List<ResolvedSegment>(end - first);
        int next = 0;
        for (int i = first; i < end; i++)
        {
            Segment segment = index.Segments[i];
            if (segment.Kind == SegmentKind.Inherited)
                Inherit(i, inherited ?? throw Missing(i, segment.Address, "the image has no parent"), resolved, ref next);
            else
                Add(resolved, new ResolvedSegment(segment.Address, segment.LengthBytes, segment.Kind == SegmentKind.Stored ? file : null, segment.FileOffsetBytes));
        }

        return [.. resolved];
    }

    /// <summary>Both lists ascend, so one pass over the parent's serves all segments.</summary>
    private void Inherit(int i, ResolvedSegment[] inherited, List<ResolvedSegment> resolved, ref int next)
    {
        Segment segment = index.Segments[i];
        ulong covered = segment.Address;
        while (covered < segment.End)
        {
            while (next < inherited.Length && inherited[next].End <= covered)
                next++;
            if (next == inherited.Length || inherited[next].Address > covered)
                throw Missing(i, covered, $"nothing there at 0x{covered:x}");
            ulong to = Math.Min(inherited[next].End, segment.End);
            Add(resolved, inherited[next].Part(covered, to));
            covered = to;
        }
    }

    /// <summary>Pieces that follow each other in memory and in one file become one.</summary>
    private static void Add(List<ResolvedSegment> resolved, ResolvedSegment added)
    {
        if (resolved.Count > 0 && resolved[^1] is var last && last.End == added.Address && ReferenceEquals(last.File, added.File)
            && (added.File is null || last.FileOffsetBytes + last.LengthBytes == added.FileOffsetBytes))
        {
            resolved[^1] = last with { LengthBytes = last.LengthBytes + added.LengthBytes };
        }
        else
        {
            resolved.Add(added);
        }
    }

    private ImageFormatException Missing(int i, ulong address, string found) =>
        new(path, indexOffset + ((long)i * Segment.EncodedBytes), $"segment {i}, inherited at 0x{address:x}", "content in the parent image", found);
}
