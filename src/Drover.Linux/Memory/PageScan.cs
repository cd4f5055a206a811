using Drover.Linux.Native;
using Drover.Linux.Stub;
using Drover.Platform;

namespace Drover.Linux.Memory;

/// <summary>Finds the pages of private memory that have content of their own (ioctl_pagemap_scan(2), Linux 6.7).</summary>
internal static unsafe class PageScan
{
    private const nuint ScanRequest = 0xC0606610;

    private const ulong IsFile = 1 << 2;
    private const ulong IsPresent = 1 << 3;
    private const ulong IsSwapped = 1 << 4;
    private const ulong IsZeroPage = 1 << 5;

    /// <summary>Present or swapped, and neither of a file nor the zero page; the stub is left out.</summary>
    public static List<PageRun> OwnPages(int processId)
    {
        using SafeFileDescriptor map = SafeFileDescriptor.Open($"/proc/{processId}/pagemap", OpenFlags.ReadOnly);
        List<PageRun> runs = [];
        PageRegion[] regions = new PageRegion[1024];
        ulong at = StubLayout.End;
        while (at < PageMath.UserEnd)
        {
            int count = Scan(map, regions, ref at);
            for (int i = 0; i < count; i++)
                Append(runs, regions[i].Start, regions[i].End);
        }
        return runs;
    }

    private static int Scan(SafeFileDescriptor map, PageRegion[] regions, ref ulong at)
    {
        fixed (PageRegion* start = regions)
        {
            PageScanArguments arguments = new()
            {
                Size = (ulong)sizeof(PageScanArguments),
                Start = at,
                End = PageMath.UserEnd,
                Vector = (ulong)start,
                VectorLength = (ulong)regions.Length,
                CategoryMask = IsFile | IsZeroPage,
                CategoryInverted = IsFile | IsZeroPage,
                CategoryAnyOf = IsPresent | IsSwapped,
            };
            int count = LinuxException.Check(Libc.Ioctl(map, ScanRequest, &arguments), "ioctl(PAGEMAP_SCAN)");
            at = arguments.WalkEnd;
            return count;
        }
    }

    private static void Append(List<PageRun> runs, ulong start, ulong end)
    {
        if (runs.Count > 0 && runs[^1].End == start)
            runs[^1] = runs[^1] with { LengthBytes = end - runs[^1].Address };
        else
            runs.Add(new PageRun(start, end - start));
    }
}
