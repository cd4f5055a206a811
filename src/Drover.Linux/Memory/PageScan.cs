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
internal sealed unsafe class PageScan(int processId) : IDisposable
{
    private const nuint ScanRequest = 0xC0606610;
    private const ulong ProtectMatching = 1;

    private const ulong IsTracked = 1 << 0;
    private const ulong IsWritten = 1 << 1;
    private const ulong IsFile = 1 << 2;
    private const ulong IsPresent = 1 << 3;
    private const ulong IsSwapped = 1 << 4;
    private const ulong IsZeroPage = 1 << 5;
    private const ulong IsHuge = 1 << 6;
    private const ulong HasEntry = IsPresent | IsSwapped;

    /// <summary>The page table that the process has now; after an execve(2) it has another.</summary>
    private readonly SafeFileDescriptor _map = SafeFileDescriptor.Open($"/proc/{processId}/pagemap", OpenFlags.ReadOnly);

    /// <summary>Present or swapped, and neither of a file nor the zero page; the stub is left out.</summary>
    public static List<PageRun> OwnPages(int processId)
    {
        using PageScan scan = new(processId);
        return scan.OwnPages(PrivateRange.Of(MapsEntry.Of(processId)));
    }

    /// <summary>Those of some ranges.</summary>
    public List<PageRun> OwnPages(IReadOnlyList<PrivateRange> ranges)
    {
        List<PageRun> runs = [];
        foreach (PrivateRange range in ranges)
            Scan(range.Start, range.End, OwnIn(range), 0, runs, runs);
        return runs;
    }

    /// <summary>The address ranges of mappings without asynchronous write protection, populated or not. The kernel passes over all others
    /// as a whole.</summary>
    public List<PageRun> UntrackedRanges(IReadOnlyList<PrivateRange> ranges)
    {
        List<PageRun> runs = [];
        foreach (PrivateRange range in ranges)
            Scan(range.Start, range.End, new Query { Required = IsTracked, Inverted = IsTracked }, 0, runs, runs);
        return runs;
    }

    /// <summary>Finds the pages of anonymous memory that were written since the last call, and protects them again; and those without content,
    /// in order of address. A page that has come to be the zero page is among the zeros, once. Pages of mappings without
    /// asynchronous write protection count as written, or are left out.</summary>
    /// <remarks>One walk finds all three kinds. Protecting takes another one, unless so little was written that it can be done
    /// piece by piece. What is written between the two is found by the second.</remarks>
    public void TakeChanges(IReadOnlyList<PrivateRange> ranges, List<PageRun> written, List<PageRun> zeros, List<PageRun> absent)
    {
        Query look = new() { Inverted = IsPresent, AnyOf = IsPresent | IsWritten, Returned = IsWritten | HasEntry | IsZeroPage };
        Query take = new() { Flags = ProtectMatching, Required = IsWritten, AnyOf = HasEntry, Returned = IsZeroPage };
        foreach (PrivateRange range in ranges)
        {
            List<PageRun> found = [];
            List<PageRun> foundZeros = [];
            Look(range, look, found, foundZeros, absent);
            List<PageRun> taken = [];
            List<PageRun> takenZeros = [];
            if (found.Count + foundZeros.Count > MostPieces)
            {
                Scan(range.Start, range.End, take, IsZeroPage, takenZeros, taken);
            }
            else
            {
                foreach (PageRun run in PageRuns.Union(found, foundZeros))
                    Scan(run.Address, run.End, take, IsZeroPage, takenZeros, taken);
            }

            written.AddRange(PageRuns.Union(found, taken));
            zeros.AddRange(PageRuns.Union(foundZeros, takenZeros));
        }
    }

    /// <summary>Tells the pages of files' mappings that were written since the last call apart from the others, and protects
    /// them again. Passes over mappings without asynchronous write protection.</summary>
    /// <remarks>A protected page that was dropped leaves a marker, which looks like a page that was swapped out and shows the file's content until it
    /// is read. So whatever looks swapped counts as written.</remarks>
    public void TakeWrittenOfFiles(IReadOnlyList<PrivateRange> ranges, List<PageRun> written, List<PageRun> unchanged)
    {
        foreach (PrivateRange range in ranges)
            Scan(range.Start, range.End, OwnIn(range) with { Flags = ProtectMatching, Returned = IsWritten | IsSwapped }, IsWritten | IsSwapped, written, unchanged);
    }

    /// <summary>Finds the pages of a mapping of shared memory that were written since the last call, or have no entry in the page table
    /// and no marker either, and protects them again.</summary>
    public void TakeWrittenOrAbsent(PrivateRange range, List<PageRun> written, List<PageRun> absent)
    {
        Query query = new() { Flags = ProtectMatching, Required = IsTracked | IsWritten, AnyOf = HasEntry };
        Scan(range.Start, range.End, query, 0, written, written);
        // The marker is what the kernel calls swapped.
        query = new() { Flags = ProtectMatching, Required = IsTracked | HasEntry, Inverted = HasEntry };
        Scan(range.Start, range.End, query, 0, absent, absent);
    }

    /// <summary>The pages of anonymous memory that have content and an entry of their own, not one for a huge page.</summary>
    public List<PageRun> SmallPages(IReadOnlyList<PrivateRange> ranges)
    {
        List<PageRun> runs = [];
        Query query = new() { Required = IsZeroPage | IsHuge, Inverted = IsZeroPage | IsHuge, AnyOf = IsPresent };
        foreach (PrivateRange range in ranges)
            Scan(range.Start, range.End, query, 0, runs, runs);
        return runs;
    }

    public void Dispose() => _map.Dispose();

    private static Query OwnIn(in PrivateRange range)
    {
        ulong excluded = IsZeroPage | (range.HasFiles ? IsFile : 0);
        return new Query { Required = excluded, Inverted = excluded, AnyOf = HasEntry };
    }

    private void Scan(
        ulong start, ulong end, in Query query, ulong marked, List<PageRun> withMark, List<PageRun> others)
    {
        PageRegion* regions = stackalloc PageRegion[RegionsAtOnce];
        for (ulong at = start; at < end;)
        {
            int count = ScanSome(regions, ref at, end, query);
            for (int i = 0; i < count; i++)
                PageRuns.Append((regions[i].Categories & marked) != 0 ? withMark : others, regions[i].Start, regions[i].End);
        }
    }

    private void Look(in PrivateRange range, in Query query, List<PageRun> written, List<PageRun> zeros, List<PageRun> absent)
    {
        PageRegion* regions = stackalloc PageRegion[RegionsAtOnce];
        for (ulong at = range.Start; at < range.End;)
        {
            int count = ScanSome(regions, ref at, range.End, query);
            for (int i = 0; i < count; i++)
            {
                ulong categories = regions[i].Categories;
                // A protected page that was swapped out is neither.
                List<PageRun>? kind = (categories & HasEntry) == 0 ? absent
                    : (categories & IsWritten) == 0 ? null
                    : (categories & IsZeroPage) != 0 ? zeros : written;
                if (kind is not null)
                    PageRuns.Append(kind, regions[i].Start, regions[i].End);
            }
        }
    }

    private int ScanSome(PageRegion* regions, ref ulong at, ulong end, in Query query)
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
        int count = LinuxException.Check(Libc.Ioctl(_map, ScanRequest, &arguments), "ioctl(PAGEMAP_SCAN)");
        // Where there was room left the walk came to its end, whatever the kernel says: when it fills its own buffer on the way, it
        // reports that place although it went on (seen on Linux 6.18), and pages would be looked at twice.
        at = count < RegionsAtOnce ? end : arguments.WalkEnd;
        return count;
    }

    private const int RegionsAtOnce = 1024;

    /// <summary>A walk over 1 GiB takes as long as so many walks over a page.</summary>
    private const int MostPieces = 512;

    /// <summary>What is asked for: pages that have all of one set of categories, each of them inverted or not, and any of another.</summary>
    private readonly record struct Query(ulong Flags, ulong Required, ulong Inverted, ulong AnyOf, ulong Returned);
}
