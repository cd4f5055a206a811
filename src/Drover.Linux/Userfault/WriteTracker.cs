using Drover.Linux.Memory;
using Drover.Linux.Stub;
using Drover.Platform;

namespace Drover.Linux.Userfault;

/// <summary>
/// Knows which private pages of a component were written between two looks (ioctl_pagemap_scan(2) with asynchronous write
/// protection, Linux 6.7). Used on the tracer thread only; the component may run or be stopped.
/// </summary>
/// <remarks>
/// <para>A page that was dropped or mapped anew lost its protection with its page-table entry, so it counts as written as soon as it
/// has content again; without content it is in neither list.</para>
/// <para>A page that holds nothing but zeros can become the zero page, with its protection, when the kernel splits the huge page that it was of
/// (since Linux 6.12). It stays among the unchanged ones, which it is.</para>
/// <para>A mapping can lose its registration: the kernel drops it from what mremap(2) moved, and, when that is merged with a
/// neighbour, from the neighbour too (seen on Linux 6.18). Writes are not noted there any more although the pages still
/// look protected. Nobody but <see cref="Follow"/> registers anything, so such a mapping stays without until the next look,
/// which finds it: all its pages count as written, and are protected by force. What cannot be registered counts as written in every look.</para>
/// <para>While the component runs, what is found is out of date at once. That does no harm as long as a page is protected before
/// it is read: whatever is written, dropped, moved or mapped after that is seen by the next look. But the list of mappings is out of date too,
/// and where another mapping has come since it was read, pages may be protected for what they are not, private ones for shared ones,
/// and reported as such. So what the next look finds where something else was taken to be, it treats as if it had lost its registration,
/// like any mapping that came since.</para>
/// </remarks>
internal sealed class WriteTracker(UserfaultDescriptor userfault, int processId)
{
    private readonly SharedTracker _shared = new(userfault);
    private bool _isTracking;
    private bool _hasProtected;
    private List<PageRun> _known = []; // the pages with content as of the look before
    private List<MapsEntry>? _takenFor; // the mappings by which the look before went; null if they could not change meanwhile

    /// <summary>Writes by the node itself; whoever makes them notes them here.</summary>
    public OutsideWrites Outside { get; } = new();

    /// <summary>What was written since the look before, and tracks on. The first look finds everything written.</summary>
    /// <param name="maps">All mappings of the process, read just now.</param>
    /// <param name="isStopped">Whether it can change none of them meanwhile.</param>
    public PageChanges Take(List<MapsEntry> maps, bool isStopped)
    {
        Outside.Begin();
        List<MapsEntry> mappings = maps.FindAll(entry => entry.Start >= StubLayout.End && entry.End <= PageMath.UserEnd);
        bool wasTracking = _isTracking;
        // If this look fails half-way, some pages are protected anew and would count as unchanged since the one before.
        _isTracking = false;
        List<PageRun> outside = Outside.Take();
        List<PageRun> mistaken = _takenFor is null ? [] : MapsEntry.Appeared(_takenFor, mappings);
        _takenFor = isStopped ? null : mappings;
        List<PrivateRange> ranges = PrivateRange.Of(mappings);
        using PageScan scan = new(processId);
        List<PageRun> lost = Follow(scan, ranges, mappings, mistaken);
        PageChanges changes = Look(scan, ranges, wasTracking ? MappedOf(mappings) : null, outside, lost);
        List<SharedChanges> shared = _shared.Take(scan, mappings, mistaken, outside, wasTracking);
        _known = PageRuns.Union(changes.Written, changes.Unchanged);
        _isTracking = true;
        return (wasTracking ? changes : new PageChanges(IsComplete: false, _known, [])) with { Shared = shared };
    }

    /// <param name="scan">The page table.</param>
    /// <param name="ranges">Where private memory is.</param>
    /// <param name="mapped">What of it is mapped anonymous memory; null if the pages known before are of no use.</param>
    /// <param name="outside">What the node wrote to.</param>
    /// <param name="lost">What counts as written anyway.</param>
    private PageChanges Look(PageScan scan, List<PrivateRange> ranges, List<PageRun>? mapped, List<PageRun> outside, List<PageRun> lost)
    {
        List<PrivateRange> anonymous = ranges.FindAll(range => !range.HasFiles);
        List<PrivateRange> files = ranges.FindAll(range => range.HasFiles);
        List<PageRun> written = [];
        List<PageRun> zeros = [];
        List<PageRun> absent = [];
        scan.TakeChanges(anonymous, written, zeros, absent);
        List<PageRun> writtenOfFiles = [];
        List<PageRun> unchangedOfFiles = [];
        scan.TakeWrittenOfFiles(files, writtenOfFiles, unchangedOfFiles);
        written = PageRuns.Union(PageRuns.Union(written, writtenOfFiles), lost);
        List<PageRun> candidates = mapped is null
            ? scan.OwnPages(anonymous)
            : PageRuns.Except(PageRuns.Intersection(_known, mapped), PageRuns.Union(absent, zeros));
        List<PageRun> unchanged = PageRuns.Except(PageRuns.Union(candidates, unchangedOfFiles), written);
        List<PageRun> writtenOutside = PageRuns.Intersection(unchanged, outside);
        return writtenOutside.Count == 0
            ? new PageChanges(IsComplete: true, written, unchanged)
            : new PageChanges(IsComplete: true, PageRuns.Union(written, writtenOutside), PageRuns.Except(unchanged, writtenOutside));
    }

    private static List<PageRun> MappedOf(List<MapsEntry> mappings)
    {
        List<PageRun> mapped = [];
        foreach (MapsEntry mapping in mappings)
        {
            if (!mapping.IsShared && mapping.Inode == 0)
                PageRuns.Append(mapped, mapping.Start, mapping.End);
        }

        return mapped;
    }

    /// <summary>Registers private mappings that are not, and gives their pages, and those of what was mistaken for something else, protected whatever they were before.</summary>
    private List<PageRun> Follow(PageScan scan, List<PrivateRange> ranges, List<MapsEntry> mappings, List<PageRun> mistaken)
    {
        List<PageRun> untracked = PageRuns.Union(scan.UntrackedRanges(ranges), PrivateOf(mappings, mistaken));
        if (untracked.Count == 0)
            return [];
        foreach (PageRun range in untracked)
            userfault.TrackWrites(range.Address, range.End);
        // Where nothing was ever protected no page can look so.
        bool mayLookProtected = _hasProtected;
        _hasProtected = true;
        if (!mayLookProtected)
            return [];
        // What gets content from here on in a mapping that was registered counts as written anyway.
        List<PageRun> lost = [];
        foreach (PrivateRange part in Parts(untracked, mappings))
        {
            foreach (PageRun run in scan.OwnPages([part]))
            {
                Protect(run);
                PageRuns.Append(lost, run.Address, run.End);
            }
        }

        return lost;
    }

    /// <summary>The parts of ranges that lie in private mappings.</summary>
    private static List<PageRun> PrivateOf(List<MapsEntry> mappings, List<PageRun> ranges)
    {
        List<PageRun> parts = [];
        foreach (PrivateRange part in Parts(ranges, mappings))
            PageRuns.Append(parts, part.Start, part.End);
        return parts;
    }

    /// <summary>By force, since the pages may look protected. What cannot be protected is not registered either, or gone.</summary>
    private void Protect(PageRun run)
    {
        if (userfault.TryProtect(run.Address, run.End))
            return;
        // The kernel ends at the first mapping that is not registered.
        for (ulong page = run.Address; page < run.End; page += PageMath.PageBytes)
            userfault.TryProtect(page, page + PageMath.PageBytes);
    }

    /// <summary>The parts of ranges that lie in private mappings, told apart by whether they can show a file's pages.</summary>
    private static List<PrivateRange> Parts(List<PageRun> ranges, List<MapsEntry> mappings)
    {
        List<PrivateRange> parts = [];
        int next = 0;
        foreach (PageRun range in ranges)
        {
            while (next < mappings.Count && mappings[next].End <= range.Address)
                next++;
            for (int i = next; i < mappings.Count && mappings[i].Start < range.End; i++)
            {
                if (!mappings[i].IsShared)
                    parts.Add(new PrivateRange(Math.Max(mappings[i].Start, range.Address), Math.Min(mappings[i].End, range.End), mappings[i].Inode != 0));
            }
        }

        return parts;
    }
}
