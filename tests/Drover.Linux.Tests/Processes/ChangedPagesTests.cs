using Drover.Linux.Memory;
using Drover.Linux.Native;
using Drover.Linux.Seccomp;
using Drover.Platform;
using Drover.Platform.State;
using Xunit;

namespace Drover.Linux.Tests.Processes;

/// <summary>What was written since the last look, put upon what was there, is what is there.</summary>
[Trait("Category", "Process")]
public sealed class ChangedPagesTests : IDisposable
{
    private const int PageBytes = 4096;
    private const int Stir = 12;
    private const int Fill = 13;
    private const int Touch = 14;
    private const int TouchEven = 20;
    private const int StirHuge = 22;
    private const int MapFile = 23;
    private const int DropOfFile = 24;
    private const int Collapse = 25;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly ServantProcess _servant = new();
    private readonly LayeredPages _pages;

    public ChangedPagesTests() => _pages = new LayeredPages(_servant);

    public void Dispose() => _servant.Dispose();

    [Fact]
    public void First_look_finds_everything_written()
    {
        using IStoppedProcess stopped = _servant.Process.Stop(Patience);
        PageChanges changes = stopped.TakeChanges();
        using IMemorySnapshot snapshot = stopped.Snapshot();

        Assert.False(changes.IsComplete);
        Assert.Equal(snapshot.Runs, changes.Written);
        Assert.Empty(changes.Unchanged);
    }

    [Fact]
    public async Task Second_look_finds_only_what_was_written_since()
    {
        ulong arena = (ulong)await _servant.Order(Fill, 1000);
        Look();
        await _servant.Order(Touch, 10);

        PageChanges changes = Look();

        Assert.True(changes.IsComplete);
        ulong[] expected = [.. Enumerable.Range(0, 10).Select(page => arena + ((ulong)page * 97 % 1024 * PageBytes)).Order()];
        Assert.Equal(expected, LayeredPages.Pages(changes.Written).Where(page => page >= arena && page < arena + (1000 * PageBytes)));
        Assert.Equal(990, LayeredPages.Pages(changes.Unchanged).Count(page => page >= arena && page < arena + (1000 * PageBytes)));
    }

    [Fact]
    public async Task Page_of_a_file_whose_own_content_was_dropped_is_not_taken_for_unchanged()
    {
        ulong start = (ulong)await _servant.Order(MapFile);
        Look();
        Assert.Equal(0, await _servant.Order(DropOfFile, 4));

        PageChanges changes = Look();

        Assert.Equal([0, 2, 6, 8, 10, 12, 14], PagesOf(changes.Unchanged));
        Assert.All(PagesOf(changes.Written), page => Assert.Equal(4, page));

        IEnumerable<int> PagesOf(IReadOnlyList<PageRun> runs) =>
            LayeredPages.Pages(runs).Where(page => page >= start && page < start + (16 * PageBytes)).Select(page => (int)((page - start) / PageBytes));
    }

    [Fact]
    public async Task Written_pages_may_lie_scattered_among_thousands_that_are_unchanged()
    {
        const int Count = 8000;
        ulong arena = (ulong)await _servant.Order(Fill, Count);
        Look();
        await _servant.Order(TouchEven, Count);

        PageChanges changes = Look();

        ulong[] all = [.. Enumerable.Range(0, Count).Select(page => arena + ((ulong)page * PageBytes))];
        Assert.Equal(all.Where((_, index) => index % 2 == 0), LayeredPages.Pages(changes.Written).Where(page => page >= arena && page <= all[^1]));
        Assert.Equal(all.Where((_, index) => index % 2 == 1), LayeredPages.Pages(changes.Unchanged).Where(page => page >= arena && page <= all[^1]));
    }

    [Fact]
    public async Task No_page_is_missed_whatever_is_mapped_moved_dropped_and_written()
    {
        const int Rounds = 2000;
        for (int round = 0; round < Rounds; round++)
        {
            await _servant.Order(Stir, round);
            CheckRound(round, compare: round % 20 == 0 || round == Rounds - 1);
        }
    }

    [Fact]
    public async Task No_page_is_missed_where_memory_lies_in_huge_pages()
    {
        const int Rounds = 400;
        PrivateRange arena = new(0x2800_0000_0000, 0x2800_0000_0000 + (6 * HugePages.HugeBytes), HasFiles: false);
        int roundsWithHuge = 0;
        for (int round = 0; round < Rounds; round++)
        {
            await _servant.Order(StirHuge, round);
            if (round % 3 == 0)
                CollapseFromOutside(arena);
            roundsWithHuge += IsPartlyHuge(arena) ? 1 : 0;
            _pages.CheckRound(round, compare: round % 10 == 0 || round == Rounds - 1, isComplete: round > 0, mayTurnToZeros: true);
        }

        if (HugePages.AreToBeHad())
            Assert.InRange(roundsWithHuge, Rounds / 10, Rounds);
    }

    [Fact]
    public async Task A_rebuilt_process_is_tracked_anew()
    {
        await _servant.Order(Stir, 1);
        Look();
        _servant.Move();
        CheckRound(0, compare: true);
        await _servant.Order(Stir, 2);
        CheckRound(1, compare: true);
    }

    [Fact]
    public async Task What_is_read_while_it_runs_and_found_unchanged_at_the_stop_is_as_it_is_there()
    {
        const int Rounds = 500;
        using IRunningMemory running = _servant.Process.OpenMemory();
        for (int round = 0; round < Rounds; round++)
        {
            _servant.Send(Stir, round);
            _pages.ReadRunning(running);
            _pages.ReadRunning(running);
            // Sometimes it is stopped in the middle, sometimes between two orders.
            if (round % 2 == 0)
                await _servant.Result();
            _pages.CheckRound(round, compare: round % 10 == 0 || round == Rounds - 1, isComplete: true);
            await _servant.Result();
        }
    }

    /// <summary>The kernel refuses what is protected or not there; so does it everything to an ordinary user.</summary>
    private unsafe void CollapseFromOutside(PrivateRange range)
    {
        using SafeFileDescriptor process = PidDescriptor.Open(_servant.Process.HostProcessId);
        IoVector vector = new() { Base = range.Start, LengthBytes = range.End - range.Start };
        _ = Libc.AdviseProcess(process, &vector, 1, Collapse, 0);
    }

    private bool IsPartlyHuge(PrivateRange range)
    {
        using PageScan scan = new(_servant.Process.HostProcessId);
        return PageRuns.LengthBytes(scan.SmallPages([range])) < PageRuns.LengthBytes(scan.OwnPages([range]));
    }

    private PageChanges Look()
    {
        using IStoppedProcess stopped = _servant.Process.Stop(Patience);
        return stopped.TakeChanges();
    }

    private void CheckRound(int round, bool compare) => _pages.CheckRound(round, compare, isComplete: round > 0);
}
