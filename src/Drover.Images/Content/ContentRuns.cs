using Drover.Platform;
using Drover.Platform.State;

namespace Drover.Images.Content;

/// <summary>What of an owner's content has to be filled: stored pages, and zeros where fresh memory would not be zero.</summary>
internal static class ContentRuns
{
    /// <summary>All that is known, zeros too: delta images may inherit them.</summary>
    public static IReadOnlyList<PageRun> OfAll(ReadOnlySpan<ResolvedSegment> segments)
    {
        var runs = new List<PageRun>();
        foreach (ResolvedSegment segment in segments)
            Add(runs, segment.Address, segment.End);
        return runs;
    }

    /// <summary>Fresh memory of a dataspace is zero.</summary>
    public static IReadOnlyList<PageRun> OfDataspace(ReadOnlySpan<ResolvedSegment> segments)
    {
        var runs = new List<PageRun>();
        foreach (ResolvedSegment segment in segments)
        {
            if (segment.File is not null)
                Add(runs, segment.Address, segment.End);
        }

        return runs;
    }

    /// <summary>Fresh memory is zero in anonymous mappings and file content in file mappings.</summary>
    public static IReadOnlyList<PageRun> OfMemory(ReadOnlySpan<ResolvedSegment> segments, IReadOnlyList<MappingState> mappings)
    {
        var runs = new List<PageRun>();
        int first = 0;
        foreach (ResolvedSegment segment in segments)
        {
            if (segment.File is not null)
            {
                Add(runs, segment.Address, segment.End);
                continue;
            }

            while (first < mappings.Count && mappings[first].End <= segment.Address)
                first++;
            for (int i = first; i < mappings.Count && mappings[i].Start < segment.End; i++)
            {
                if (mappings[i].Backing == MappingBacking.PrivateFile)
                    Add(runs, Math.Max(segment.Address, mappings[i].Start), Math.Min(segment.End, mappings[i].End));
            }
        }

        return runs;
    }

    private static void Add(List<PageRun> runs, ulong start, ulong end)
    {
        if (runs.Count > 0 && runs[^1].End == start)
            runs[^1] = new PageRun(runs[^1].Address, end - runs[^1].Address);
        else
            runs.Add(new PageRun(start, end - start));
    }
}
