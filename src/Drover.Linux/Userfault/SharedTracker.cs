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
internal sealed class SharedTracker(UserfaultDescriptor userfault, int processId)
{
    private List<MapsEntry> _tracked = [];

    /// <param name="mappings">All mappings of the process.</param>
    /// <param name="outside">What the node itself wrote to.</param>
    /// <param name="isComplete">False if the look before is of no use.</param>
    public List<SharedChanges> Take(List<MapsEntry> mappings, List<PageRun> outside, bool isComplete)
    {
        List<MapsEntry> shared = mappings.FindAll(mapping => mapping.IsShared && mapping.Path.StartsWith(MapsEntry.MemfdPrefix, StringComparison.Ordinal));
        List<PageRun> untracked = PageScan.UntrackedRanges(processId, [.. shared.Select(RangeOf)]);
        Dictionary<ulong, Found> found = [];
        foreach (MapsEntry before in _tracked)
        {
            Found ofBefore = Get(found, before.Inode);
            ofBefore.IsComplete &= isComplete && IsStillThere(before, shared, untracked);
        }

        List<MapsEntry> tracked = [];
        foreach (MapsEntry mapping in shared)
        {
            List<PageRun> parts = PageRuns.Intersection([new PageRun(mapping.Start, mapping.End - mapping.Start)], untracked);
            if (parts.Count > 0 && !TryFollow(parts))
                continue;
            tracked.Add(mapping);
            Look(mapping, parts, outside, Get(found, mapping.Inode));
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

    /// <summary>All of it shows the same memory as before, and was registered all the time.</summary>
    private static bool IsStillThere(MapsEntry before, List<MapsEntry> shared, List<PageRun> untracked)
    {
        List<PageRun> there = [];
        foreach (MapsEntry mapping in shared)
        {
            if (mapping.Inode == before.Inode && mapping.OffsetBytes - mapping.Start == before.OffsetBytes - before.Start)
                PageRuns.Append(there, mapping.Start, mapping.End);
        }

        List<PageRun> missing = PageRuns.Except([new PageRun(before.Start, before.End - before.Start)], PageRuns.Except(there, untracked));
        return missing.Count == 0;
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

    private void Look(MapsEntry mapping, List<PageRun> fresh, List<PageRun> outside, Found found)
    {
        List<PageRun> whole = [new PageRun(mapping.Start, mapping.End - mapping.Start)];
        List<PageRun> written = [];
        List<PageRun> absent = [];
        PageScan.TakeWrittenOrAbsent(processId, RangeOf(mapping), written, absent);
        written = PageRuns.Union(written, PageRuns.Intersection(whole, outside));
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
