using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Drover.Linux.Native;
using Drover.Linux.Stub;
using Drover.Platform;
using Drover.Platform.State;

namespace Drover.Linux.Memory;

/// <summary>Puts private memory that lies in pages of 4 KiB together into huge pages (MADV_COLLAPSE, Linux 6.1), from outside and while
/// its process runs. A fork then copies one entry where it copied 512, and the end of the fork is as much quicker.</summary>
/// <remarks>
/// <para>Nothing of the mappings changes by it: no advice is left behind, so none of them is split, and what is mapped or dropped
/// afterwards comes in small pages as before. The kernel refuses what must not be gathered: pages that are write-protected by a tracker, holes
/// that report faults, mappings for which the component advised against it (MADV_NOHUGEPAGE).</para>
/// <para>It takes CAP_SYS_NICE towards the machine (process_madvise(2)), which the node of an ordinary user does not have. Then, as when
/// there are no huge pages to be had, memory stays as it is.</para>
/// </remarks>
internal static unsafe class HugePages
{
    public const ulong HugeBytes = 2 << 20;

    /// <summary>Less than this forks in a millisecond as it is.</summary>
    private const ulong WorthwhileBytes = 64 << 20;

    /// <summary>What must be there of a block. Gathering gives memory to the rest of it too, so that it must be little.</summary>
    private const ulong DenseBytes = HugeBytes / 16 * 15;

    /// <summary>Some milliseconds' work.</summary>
    private const ulong BytesAtOnce = 16 << 20;

    /// <summary>MADV_COLLAPSE.</summary>
    public const int Collapse = 25;

    /// <summary>A machine that has to find the memory first can take five milliseconds for each block.</summary>
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(2);

    private static volatile bool s_isRefused;

    /// <summary>Whether this node can have memory of running processes gathered.</summary>
    public static bool AreToBeHad() => !s_isRefused && AreAllowed();

    /// <summary>Whether the machine's administrator lets there be any.</summary>
    public static bool AreAllowed()
    {
        try
        {
            return !File.ReadAllText("/sys/kernel/mm/transparent_hugepage/enabled").Contains("[never]", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Gathers what is nearly wholly populated, if there is so much of it that it pays; for two seconds at most.</summary>
    /// <param name="processId">Whose memory it is.</param>
    /// <param name="process">Its descriptor (pidfd).</param>
    /// <param name="cancel">Leaves it at what was done.</param>
    public static void Gather(int processId, SafeHandle process, CancellationToken cancel)
    {
        if (PopulatedBytes(processId) < WorthwhileBytes)
            return;
        List<PageRun> blocks = DenseBlocks(processId);
        if (PageRuns.LengthBytes(blocks) < WorthwhileBytes)
            return;
        long began = Stopwatch.GetTimestamp();
        foreach (PageRun run in blocks)
        {
            for (ulong at = run.Address; at < run.End; at += BytesAtOnce)
            {
                cancel.ThrowIfCancellationRequested();
                if (Stopwatch.GetElapsedTime(began) > s_longest || !TryGather(process, at, Math.Min(BytesAtOnce, run.End - at)))
                    return;
            }
        }
    }

    /// <summary>Blocks of private anonymous memory that are mapped in small pages and populated, or nearly so.</summary>
    internal static List<PageRun> DenseBlocks(int processId)
    {
        using PageScan scan = new(processId);
        return DenseBlocks(scan.SmallPages(Rooms(MapsEntry.Of(processId))));
    }

    internal static List<PageRun> DenseBlocks(IReadOnlyList<PageRun> pages)
    {
        List<PageRun> blocks = [];
        ulong block = 0;
        ulong populatedBytes = 0;
        foreach (PageRun run in pages)
        {
            for (ulong at = run.Address; at < run.End;)
            {
                ulong start = at & ~(HugeBytes - 1);
                if (start != block)
                {
                    AppendIfDense();
                    block = start;
                    populatedBytes = 0;
                }

                ulong end = Math.Min(run.End, start + HugeBytes);
                populatedBytes += end - at;
                at = end;
            }
        }

        AppendIfDense();
        return blocks;

        void AppendIfDense()
        {
            if (populatedBytes >= DenseBytes)
                PageRuns.Append(blocks, block, block + HugeBytes);
        }
    }

    /// <summary>Blocks of anonymous memory, which the process may write, all of whose pages are in some runs.</summary>
    public static List<PageRun> WholeBlocks(IReadOnlyList<PageRun> runs, IReadOnlyList<MappingState> mappings)
    {
        List<PageRun> writable = [];
        foreach (MappingState mapping in mappings)
        {
            if (mapping.Backing == MappingBacking.Anonymous && (mapping.Protection & PageProtection.Write) != 0)
                PageRuns.Append(writable, mapping.Start, mapping.End);
        }

        List<PageRun> blocks = [];
        foreach (PageRun run in PageRuns.Intersection(runs, writable))
            PageRuns.Append(blocks, (run.Address + HugeBytes - 1) & ~(HugeBytes - 1), run.End & ~(HugeBytes - 1));
        return blocks;
    }

    /// <summary>Where a mapping has room for huge pages: they lie at multiples of their length.</summary>
    private static List<PrivateRange> Rooms(List<MapsEntry> mappings)
    {
        List<PrivateRange> rooms = [];
        foreach (MapsEntry mapping in mappings)
        {
            if (mapping.IsShared || mapping.Inode != 0 || mapping.Start < StubLayout.End || mapping.End > PageMath.UserEnd)
                continue;
            ulong start = (mapping.Start + HugeBytes - 1) & ~(HugeBytes - 1);
            ulong end = mapping.End & ~(HugeBytes - 1);
            if (start < end)
                rooms.Add(new PrivateRange(start, end, HasFiles: false));
        }

        return rooms;
    }

    /// <summary>False if there is no use in going on.</summary>
    private static bool TryGather(SafeHandle process, ulong address, ulong lengthBytes)
    {
        IoVector range = new() { Base = address, LengthBytes = lengthBytes };
        if (Libc.AdviseProcess(process, &range, 1, Collapse, 0) != -1)
            return true;
        int errno = Marshal.GetLastPInvokeError();
        if (errno == Errno.EPERM)
            s_isRefused = true;
        // Anything else concerns some block of the range only; the others have been gathered.
        return errno is not (Errno.EPERM or Errno.ESRCH or Errno.ENOMEM or Errno.ENOSYS);
    }

    /// <summary>Resident memory that is no file's and no dataspace's; reading it costs next to nothing (statm, proc(5)).</summary>
    private static ulong PopulatedBytes(int processId)
    {
        string[] counts = File.ReadAllText($"/proc/{processId}/statm").Split(' ');
        ulong resident = ulong.Parse(counts[1], CultureInfo.InvariantCulture);
        ulong shared = ulong.Parse(counts[2], CultureInfo.InvariantCulture);
        return (resident - Math.Min(shared, resident)) * PageMath.PageBytes;
    }
}
