using Drover.Linux.Memory;
using Drover.Platform;

namespace Drover.Linux.Userfault;

/// <summary>
/// Knows what a component wrote to shared memory between two looks, through its own mappings. Part of the <see cref="WriteTracker"/>,
/// which says when; the same thread.
/// </summary>
/// <remarks>
/// A note stands in the page table of one mapping. What is unmapped takes its notes along, so the memory of a mapping that is
/// not there any more, or not registered any more, counts as written as a whole. A page without an entry in the page table may have been
/// written before it lost that (madvise(2)); to tell such pages apart, pages that were never touched are protected too, by a marker.
/// A mapping of a descriptor that is open for reading only cannot be registered, and nothing can be written through it.
/// </remarks>
internal sealed class SharedTracker(UserfaultDescriptor userfault)
{
    private List<MapsEntry> _tracked = [];

    /// <param name="scan">The page table.</param>
    /// <param name="mappings">All mappings of the process.</param>
    /// <param name="mistaken">Where the look before may have taken something for what it was not.</param>
    /// <param name="outside">What the node itself wrote to.</param>
    /// <param name="isComplete">False if the look before is of no use.</param>
    public List<SharedChanges> Take(PageScan scan, List<MapsEntry> mappings, List<PageRun> mistaken, List<PageRun> outside, bool isComplete)
    {
        List<MapsEntry> shared = mappings.FindAll(mapping => mapping.IsShared && mapping.Path.StartsWith(MapsEntry.MemfdPrefix, StringComparison.Ordinal));
        List<PageRun> untracked = PageRuns.Union(scan.UntrackedRanges([.. shared.Select(RangeOf)]), mistaken);
        Dictionary<ulong, Found> found = [];
        NoteGone(shared, untracked, isComplete, found);
        List<MapsEntry> tracked = [];
        int next = 0;
        foreach (MapsEntry mapping in shared)
        {
            List<PageRun> fresh = PartsIn(mapping, untracked, ref next);
            if (fresh.Count > 0 && !TryFollow(fresh))
                continue;
            tracked.Add(mapping);
            Look(scan, mapping, fresh, outside, Get(found, mapping.Inode));
        }

        _tracked = tracked;
        return [.. found.Select(entry => new SharedChanges(entry.Key, isComplete && entry.Value.IsComplete, Ordered(entry.Value.Written), Ordered(entry.Value.Unseen)))];
    }

    private static PrivateRange RangeOf(MapsEntry mapping) => new(mapping.Start, mapping.End, HasFiles: false);

    private static Found Get(Dictionary<ulong, Found> found, ulong inode)
    {
        if (!found.TryGetValue(inode, out Found? of))
            found.Add(inode, of = new Found());
        return of;
    }

    /// <summary>Marks the memory of each mapping of the look before of which some does not show the same any more, or was not registered
    /// all the time. A component can have tens of thousands of mappings, so all lists are gone through once only.</summary>
    private void NoteGone(List<MapsEntry> shared, List<PageRun> untracked, bool isComplete, Dictionary<ulong, Found> found)
    {
        int first = 0;
        int lost = 0;
        foreach (MapsEntry before in _tracked)
        {
            Found ofBefore = Get(found, before.Inode);
            while (first < shared.Count && shared[first].End <= before.Start)
                first++;
            ulong covered = before.Start;
            for (int i = first; i < shared.Count && shared[i].Start <= covered && covered < before.End; i++)
            {
                if (shared[i].Inode != before.Inode || shared[i].OffsetBytes - shared[i].Start != before.OffsetBytes - before.Start)
                    break;
                covered = shared[i].End;
            }

            ofBefore.IsComplete &= isComplete && covered >= before.End && PartsIn(before, untracked, ref lost).Count == 0;
        }
    }

    /// <summary>The parts of a mapping that lie in some runs.</summary>
    /// <param name="mapping">No lower than that of the call before.</param>
    /// <param name="runs">Ascending.</param>
    /// <param name="next">The first run that may be of interest; begins with 0.</param>
    private static List<PageRun> PartsIn(MapsEntry mapping, List<PageRun> runs, ref int next)
    {
        while (next < runs.Count && runs[next].End <= mapping.Start)
            next++;
        List<PageRun> parts = [];
        for (int i = next; i < runs.Count && runs[i].Address < mapping.End; i++)
            PageRuns.Append(parts, Math.Max(runs[i].Address, mapping.Start), Math.Min(runs[i].End, mapping.End));
        return parts;
    }

    /// <summary>False if nothing can be written there.</summary>
    private bool TryFollow(List<PageRun> parts)
    {
        foreach (PageRun part in parts)
        {
            if (!userfault.TrackWrites(part.Address, part.End))
                return false;
            userfault.TryProtect(part.Address, part.End);
        }

        return true;
    }

    private static void Look(PageScan scan, MapsEntry mapping, List<PageRun> fresh, List<PageRun> outside, Found found)
    {
        List<PageRun> whole = [new PageRun(mapping.Start, mapping.End - mapping.Start)];
        List<PageRun> written = [];
        List<PageRun> absent = [];
        scan.TakeWrittenOrAbsent(RangeOf(mapping), written, absent);
        if (outside.Count > 0)
            written = PageRuns.Union(written, PageRuns.Intersection(whole, outside));
        if (fresh.Count > 0)
            absent = PageRuns.Union(absent, fresh);
        ulong offset = mapping.OffsetBytes - mapping.Start;
        found.Written.AddRange(written.Select(run => new PageRun(run.Address + offset, run.LengthBytes)));
        found.Unseen.AddRange(absent.Select(run => new PageRun(run.Address + offset, run.LengthBytes)));
    }

    /// <summary>Several mappings can be of the same pages.</summary>
    private static List<PageRun> Ordered(List<PageRun> runs)
    {
        runs.Sort(static (one, other) => one.Address.CompareTo(other.Address));
        List<PageRun> result = new(runs.Count);
        foreach (PageRun run in runs)
            PageRuns.Append(result, run.Address, run.End);
        return result;
    }

    private sealed class Found
    {
        public bool IsComplete { get; set; } = true;

        public List<PageRun> Written { get; } = [];

        public List<PageRun> Unseen { get; } = [];
    }
}
