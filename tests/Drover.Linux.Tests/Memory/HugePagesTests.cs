using Drover.Linux.Memory;
using Drover.Linux.Tests.Processes;
using Drover.Platform;
using Xunit;

namespace Drover.Linux.Tests.Memory;

/// <summary>Memory is gathered into huge pages where that pays, and nowhere else; its content stays what it was.</summary>
[Trait("Category", "Process")]
public sealed class HugePagesTests
{
    private const ulong PageBytes = 4096;
    private const int Fill = 13;
    private const int LargeMib = 96;
    private const int PagesOfMib = 256;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public void Blocks_that_are_populated_but_for_a_little_are_gathered()
    {
        const ulong Start = 100 * HugePages.HugeBytes;
        PageRun[] pages =
        [
            // Half a block, a whole one, one that lacks a sixteenth in the middle, one that lacks a page more.
            new(Start + (HugePages.HugeBytes / 2), HugePages.HugeBytes / 2 * 3),
            new(Start + (2 * HugePages.HugeBytes), HugePages.HugeBytes / 4),
            new(Start + (2 * HugePages.HugeBytes) + (HugePages.HugeBytes / 16 * 5), HugePages.HugeBytes / 16 * 11),
            new(Start + (3 * HugePages.HugeBytes), (HugePages.HugeBytes / 16 * 15) - PageBytes),
        ];

        Assert.Equal([new PageRun(Start + HugePages.HugeBytes, 2 * HugePages.HugeBytes)], HugePages.DenseBlocks(pages));
        Assert.Empty(HugePages.DenseBlocks([]));
    }

    [Fact]
    public async Task Large_memory_is_gathered_before_a_snapshot_and_is_the_same()
    {
        using ServantProcess servant = new();
        ulong start = (ulong)await servant.Order(Fill, LargeMib * PagesOfMib);
        List<MapsEntry> mappings = Around(servant, start);

        servant.Process.PrepareSnapshot(CancellationToken.None);

        Assert.Equal(mappings, Around(servant, start));
        if (CanGather)
            Assert.Empty(HugePages.DenseBlocks(servant.Process.HostProcessId));
        using IMemorySnapshot snapshot = Snapshot(servant);
        Assert.Contains(snapshot.Runs, run => run.Address <= start && run.End >= start + ((ulong)LargeMib << 20));
        byte[] word = new byte[sizeof(long)];
        for (int page = 0; page < LargeMib * PagesOfMib; page++)
        {
            snapshot.Read(start + ((ulong)page * PageBytes), word);
            Assert.Equal(page + 1, BitConverter.ToInt64(word));
        }
    }

    [Fact]
    public async Task Little_memory_stays_as_it_is()
    {
        using ServantProcess servant = new();
        ulong start = (ulong)await servant.Order(Fill, 8 * PagesOfMib);

        servant.Process.PrepareSnapshot(CancellationToken.None);

        Assert.Equal(8UL << 20, SmallBytes(servant, start, 8));
    }

    [Fact]
    public async Task What_a_snapshot_shares_stays_as_it_is_until_the_snapshot_is_gone()
    {
        using ServantProcess servant = new();
        ulong start = (ulong)await servant.Order(Fill, LargeMib * PagesOfMib);
        using (Snapshot(servant))
        {
            servant.Process.PrepareSnapshot(CancellationToken.None);
            Assert.Equal((ulong)LargeMib << 20, SmallBytes(servant, start, LargeMib));
        }

        servant.Process.PrepareSnapshot(CancellationToken.None);
        if (CanGather)
            Assert.Equal(0UL, SmallBytes(servant, start, LargeMib));
    }

    [Fact]
    public async Task Memory_whose_writes_are_noted_stays_as_it_is()
    {
        using ServantProcess servant = new();
        ulong start = (ulong)await servant.Order(Fill, LargeMib * PagesOfMib);
        using (IStoppedProcess stopped = servant.Process.Stop(Patience))
            stopped.TakeChanges();

        servant.Process.PrepareSnapshot(CancellationToken.None);

        Assert.Equal((ulong)LargeMib << 20, SmallBytes(servant, start, LargeMib));
    }

    [Fact]
    public async Task Nothing_comes_of_preparing_a_process_that_has_ended()
    {
        using ServantProcess servant = new();
        await servant.Order(Fill, LargeMib * PagesOfMib);
        servant.Process.Kill();

        servant.Process.PrepareSnapshot(CancellationToken.None);

        Assert.True(servant.Process.Exited.IsCompleted);
    }

    private static bool CanGather => HugePages.AreToBeHad() && Environment.IsPrivilegedProcess;

    private static IMemorySnapshot Snapshot(ServantProcess servant)
    {
        using IStoppedProcess stopped = servant.Process.Stop(Patience);
        return stopped.Snapshot();
    }

    private static List<MapsEntry> Around(ServantProcess servant, ulong address) =>
        MapsEntry.Of(servant.Process.HostProcessId).FindAll(entry => entry.Start < address + ((ulong)LargeMib << 20) && entry.End > address);

    private static ulong SmallBytes(ServantProcess servant, ulong start, int mib)
    {
        using PageScan scan = new(servant.Process.HostProcessId);
        return PageRuns.LengthBytes(scan.SmallPages([new PrivateRange(start, start + ((ulong)mib << 20), HasFiles: false)]));
    }
}
