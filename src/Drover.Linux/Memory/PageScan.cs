using Drover.Linux.Native;
using Drover.Platform;

namespace Drover.Linux.Memory;

/// <summary>Finds pages by their entries in the page table (ioctl_pagemap_scan(2), Linux 6.7).</summary>
/// <remarks>
/// What a walk over 1 GiB costs depends on the question: half a millisecond where no page answers to it, 10 ns more for each that
/// does. So which pages are unchanged is not asked; it is what was known before less what was written and what is gone.
/// Whether a page is a file's is asked for only where it can be: for that the kernel looks at each page's own record,
/// which makes the walk ten times as long.
/// </remarks>
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
    private const ulong HasEntry = IsPresent | IsSwapped;

    /// <summary>Present or swapped, and neither of a file nor the zero page; the stub is left out.</summary>
    public static List<PageRun> OwnPages(int processId) => OwnPages(processId, PrivateRange.Of(MapsEntry.Of(processId)));

    /// <summary>Those of some ranges.</summary>
    public static List<PageRun> OwnPages(int processId, IReadOnlyList<PrivateRange> ranges)
    {
        List<PageRun> runs = [];
        using SafeFileDescriptor map = Open(processId);
        foreach (PrivateRange range in ranges)
            Scan(map, range.Start, range.End, OwnIn(range), 0, runs, runs);
        return runs;
    }

    /// <summary>The address ranges of mappings without asynchronous write protection, populated or not. The kernel passes over all others
    /// as a whole.</summary>
    public static List<PageRun> UntrackedRanges(int processId, IReadOnlyList<PrivateRange> ranges)
    {
        List<PageRun> runs = [];
        using SafeFileDescriptor map = Open(processId);
        foreach (PrivateRange range in ranges)
            Scan(map, range.Start, range.End, new Query { Required = IsTracked, Inverted = IsTracked }, 0, runs, runs);
        return runs;
    }

    /// <summary>Finds the pages of anonymous memory that were written since the last call, and protects them again. Passes over mappings
    /// without asynchronous write protection. A page that has come to be the zero page is among the zeros, once.</summary>
    public static void TakeWritten(int processId, IReadOnlyList<PrivateRange> ranges, List<PageRun> written, List<PageRun> zeros)
    {
        using SafeFileDescriptor map = Open(processId);
        Query query = new() { Flags = ProtectMatching, Required = IsWritten, AnyOf = HasEntry, Returned = IsZeroPage };
        foreach (PrivateRange range in ranges)
            Scan(map, range.Start, range.End, query, IsZeroPage, zeros, written);
    }

    /// <summary>Tells the pages of files' mappings that were written since the last call apart from the others, and protects
    /// them again. Passes over mappings without asynchronous write protection.</summary>
    public static void TakeWrittenOfFiles(int processId, IReadOnlyList<PrivateRange> ranges, List<PageRun> written, List<PageRun> unchanged)
    {
        using SafeFileDescriptor map = Open(processId);
        foreach (PrivateRange range in ranges)
            Scan(map, range.Start, range.End, OwnIn(range) with { Flags = ProtectMatching, Returned = IsWritten }, IsWritten, written, unchanged);
    }

    /// <summary>Finds the pages of a mapping of shared memory that were written since the last call, or have no entry in the page table
    /// and no marker either, and protects them again.</summary>
    public static void TakeWrittenOrAbsent(int processId, PrivateRange range, List<PageRun> written, List<PageRun> absent)
    {
        using SafeFileDescriptor map = Open(processId);
        Query query = new() { Flags = ProtectMatching, Required = IsTracked | IsWritten, AnyOf = HasEntry };
        Scan(map, range.Start, range.End, query, 0, written, written);
        // The marker is what the kernel calls swapped.
        query = new() { Flags = ProtectMatching, Required = IsTracked | HasEntry, Inverted = HasEntry };
        Scan(map, range.Start, range.End, query, 0, absent, absent);
    }

    /// <summary>Mapped pages without content.</summary>
    public static List<PageRun> AbsentPages(int processId, IReadOnlyList<PrivateRange> ranges)
    {
        List<PageRun> runs = [];
        using SafeFileDescriptor map = Open(processId);
        foreach (PrivateRange range in ranges)
            Scan(map, range.Start, range.End, new Query { Required = HasEntry, Inverted = HasEntry }, 0, runs, runs);
        return runs;
    }

    private static SafeFileDescriptor Open(int processId) => SafeFileDescriptor.Open($"/proc/{processId}/pagemap", OpenFlags.ReadOnly);

    private static Query OwnIn(in PrivateRange range)
    {
        ulong excluded = IsZeroPage | (range.HasFiles ? IsFile : 0);
        return new Query { Required = excluded, Inverted = excluded, AnyOf = HasEntry };
    }

    private static void Scan(
        SafeFileDescriptor map, ulong start, ulong end, in Query query, ulong marked, List<PageRun> withMark, List<PageRun> others)
    {
        PageRegion* regions = stackalloc PageRegion[RegionsAtOnce];
        for (ulong at = start; at < end;)
        {
            int count = ScanSome(map, regions, ref at, end, query);
            for (int i = 0; i < count; i++)
                PageRuns.Append((regions[i].Categories & marked) != 0 ? withMark : others, regions[i].Start, regions[i].End);
        }
    }

    private static int ScanSome(SafeFileDescriptor map, PageRegion* regions, ref ulong at, ulong end, in Query query)
    {
        PageScanArguments arguments = new()
        {
            Size = (ulong)sizeof(PageScanArguments),
            Flags = query.Flags,
            Start = at,
            End = end,
            Vector = (ulong)regions,
            VectorLength = RegionsAtOnce,
            CategoryMask = query.Required,
            CategoryInverted = query.Inverted,
            CategoryAnyOf = query.AnyOf,
            ReturnMask = query.Returned,
        };
        int count = LinuxException.Check(Libc.Ioctl(map, ScanRequest, &arguments), "ioctl(PAGEMAP_SCAN)");
        // Where there was room left the walk came to its end, whatever the kernel says: when it fills its own buffer on the way, it
        // reports that place although it went on (seen on Linux 6.18), and pages would be looked at twice.
        at = count < RegionsAtOnce ? end : arguments.WalkEnd;
        return count;
    }

    private const int RegionsAtOnce = 1024;

    /// <summary>What is asked for: pages that have all of one set of categories, each of them inverted or not, and any of another.</summary>
    private readonly record struct Query(ulong Flags, ulong Required, ulong Inverted, ulong AnyOf, ulong Returned);
}
