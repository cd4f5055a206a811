using Drover.Linux.Memory;
using Drover.Linux.Stub;
using Drover.Platform;

namespace Drover.Linux.Userfault;

/// <summary>
/// Knows which private pages of a component were written between two looks (ioctl_pagemap_scan(2) with asynchronous write
/// protection, Linux 6.7). Used on the tracer thread only, while all threads are stopped.
/// </summary>
/// <remarks>
/// A page that was dropped or mapped anew lost its protection with its page-table entry, so it counts as written as soon as it
/// has content again; without content it is in neither list. A mapping can lose its registration: the kernel drops it
/// from what mremap(2) moved, and, when that is merged with a neighbour, from the neighbour too (seen on Linux 6.18). Writes
/// are not noted there any more although the pages still look protected. So all pages of mappings that are not registered
/// count as written, and are protected by force.
/// </remarks>
internal sealed class WriteTracker(UserfaultDescriptor userfault, int processId)
{
    private bool _isTracking;

    /// <summary>What was written since the look before, and tracks on. The first look finds everything written.</summary>
    public PageChanges Take()
    {
        // Read here, although whoever asks has read them too: what lies in managed dataspaces can change in a stopped process.
        List<MapsEntry> mappings = [.. MapsEntry.Of(processId).Where(entry => entry.Start >= StubLayout.End && entry.End <= PageMath.UserEnd)];
        bool wasTracking = _isTracking;
        // If this look fails half-way, some pages are protected anew and would count as unchanged since the one before.
        _isTracking = false;
        List<PrivateRange> ranges = PrivateRange.Of(mappings);
        List<PageRun> lost = PageScan.UntrackedPages(processId, ranges);
        Register(mappings);
        foreach (PageRun run in lost)
            userfault.Protect(run.Address, run.End);
        PageChanges changes = PageScan.TakeChanges(processId, ranges);
        _isTracking = true;
        return new PageChanges(wasTracking, Merge(changes.Written, lost), Without(changes.Unchanged, lost));
    }

    /// <summary>Registers private mappings, as many at once as lie between shared ones: the kernel refuses a range with a shared
    /// mapping of a file that the process may not write.</summary>
    private void Register(List<MapsEntry> mappings)
    {
        ulong start = 0;
        ulong end = 0;
        foreach (MapsEntry mapping in mappings)
        {
            if (!mapping.IsShared)
            {
                if (start == end)
                    start = mapping.Start;
                end = mapping.End;
                continue;
            }
            if (start < end)
                userfault.TrackWrites(start, end);
            start = end = 0;
        }
        if (start < end)
            userfault.TrackWrites(start, end);
    }

    /// <summary>Both lists ascend and have nothing in common, since the lost pages were protected before the others were asked for.</summary>
    private static List<PageRun> Merge(IReadOnlyList<PageRun> written, List<PageRun> lost)
    {
        List<PageRun> merged = [];
        int next = 0;
        foreach (PageRun run in written)
        {
            for (; next < lost.Count && lost[next].Address < run.Address; next++)
                PageScan.Append(merged, lost[next].Address, lost[next].End);
            PageScan.Append(merged, run.Address, run.End);
        }
        for (; next < lost.Count; next++)
            PageScan.Append(merged, lost[next].Address, lost[next].End);
        return merged;
    }

    private static List<PageRun> Without(IReadOnlyList<PageRun> runs, List<PageRun> lost)
    {
        List<PageRun> rest = [];
        int next = 0;
        foreach (PageRun run in runs)
        {
            ulong at = run.Address;
            while (next < lost.Count && lost[next].End <= at)
                next++;
            for (int i = next; i < lost.Count && lost[i].Address < run.End; i++)
            {
                if (lost[i].Address > at)
                    rest.Add(new PageRun(at, lost[i].Address - at));
                at = Math.Max(at, lost[i].End);
            }
            if (at < run.End)
                rest.Add(new PageRun(at, run.End - at));
        }
        return rest;
    }
}
