using Drover.Linux.Native;
using Drover.Platform;

namespace Drover.Linux.Memory;

/// <summary>Finds the pages of private memory that have content of their own (ioctl_pagemap_scan(2), Linux 6.7).</summary>
/// <remarks>Whether a page is a file's is asked for only where it can be: for that the kernel looks at each page's own
/// record, which makes the walk over 1 GiB ten times as long.</remarks>
internal static unsafe class PageScan
{
    private const nuint ScanRequest = 0xC0606610;
    private const ulong ProtectMatching = 1;

    private const ulong IsTracked = 1 << 0;
    private const ulong IsWritten = 1 << 1;
    private const ulong IsFile = 1 << 2;
    private const ulong IsPresent = 1 << 3;
    private const ulong IsSwapped = 1 << 4;
    private const ulong IsZeroPage = 1 << 5;

    /// <summary>Present or swapped, and neither of a file nor the zero page; the stub is left out.</summary>
    public static List<PageRun> OwnPages(int processId)
    {
        List<PageRun> runs = [];
        Scan(processId, PrivateRange.Of(MapsEntry.Of(processId)), new Query(), runs, runs);
        return runs;
    }

    /// <summary>Those of them in mappings without asynchronous write protection. The kernel passes over all others unread.</summary>
    public static List<PageRun> UntrackedPages(int processId, IReadOnlyList<PrivateRange> ranges)
    {
        List<PageRun> runs = [];
        Scan(processId, ranges, new Query { Excluded = IsTracked }, runs, runs);
        return runs;
    }

    /// <summary>Tells those that were written since the last call apart from the others, and protects them again. Passes over
    /// mappings without asynchronous write protection.</summary>
    public static PageChanges TakeChanges(int processId, IReadOnlyList<PrivateRange> ranges)
    {
        List<PageRun> written = [];
        List<PageRun> unchanged = [];
        Scan(processId, ranges, new Query { Flags = ProtectMatching, Returned = IsWritten }, written, unchanged);
        return new PageChanges(IsComplete: true, written, unchanged);
    }

    /// <summary>Adds a range to an ascending list of runs.</summary>
    public static void Append(List<PageRun> runs, ulong start, ulong end)
    {
        if (runs.Count > 0 && runs[^1].End == start)
            runs[^1] = runs[^1] with { LengthBytes = end - runs[^1].Address };
        else
            runs.Add(new PageRun(start, end - start));
    }

    private static void Scan(
        int processId, IReadOnlyList<PrivateRange> ranges, in Query query, List<PageRun> written, List<PageRun> others)
    {
        using SafeFileDescriptor map = SafeFileDescriptor.Open($"/proc/{processId}/pagemap", OpenFlags.ReadOnly);
        PageRegion[] regions = new PageRegion[1024];
        foreach (PrivateRange range in ranges)
        {
            Query here = query with { Excluded = query.Excluded | IsZeroPage | (range.HasFiles ? IsFile : 0) };
            for (ulong at = range.Start; at < range.End;)
            {
                int count = ScanSome(map, regions, ref at, range.End, here);
                for (int i = 0; i < count; i++)
                    Append((regions[i].Categories & IsWritten) != 0 ? written : others, regions[i].Start, regions[i].End);
            }
        }
    }

    private static int ScanSome(SafeFileDescriptor map, PageRegion[] regions, ref ulong at, ulong end, in Query query)
    {
        fixed (PageRegion* start = regions)
        {
            PageScanArguments arguments = new()
            {
                Size = (ulong)sizeof(PageScanArguments),
                Flags = query.Flags,
                Start = at,
                End = end,
                Vector = (ulong)start,
                VectorLength = (ulong)regions.Length,
                CategoryMask = query.Excluded,
                CategoryInverted = query.Excluded,
                CategoryAnyOf = IsPresent | IsSwapped,
                ReturnMask = query.Returned,
            };
            int count = LinuxException.Check(Libc.Ioctl(map, ScanRequest, &arguments), "ioctl(PAGEMAP_SCAN)");
            // Where there was room left the walk came to its end, whatever the kernel says: when it fills its own buffer on the way, it
            // reports that place although it went on (seen on Linux 6.18), and pages would be looked at twice.
            at = count < regions.Length ? end : arguments.WalkEnd;
            return count;
        }
    }

    /// <summary>What is asked for: pages with content that are in none of the excluded categories.</summary>
    private readonly record struct Query(ulong Flags, ulong Excluded, ulong Returned);
}
