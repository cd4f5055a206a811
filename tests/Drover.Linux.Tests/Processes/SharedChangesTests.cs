using Drover.Platform;
using Xunit;

namespace Drover.Linux.Tests.Processes;

/// <summary>What was written to shared memory since the last look, put upon what was there, is what is there.</summary>
[Trait("Category", "Process")]
public sealed class SharedChangesTests : IDisposable
{
    private const int PageBytes = 4096;
    private const int PageCount = 512;
    private const int StirShared = 21;
    private const int TakeTurns = 26;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly LinuxProcessPlatform _platform = new();
    private readonly ISharedMemory _arena;
    private readonly ServantProcess _servant;
    private readonly byte[] _layered = new byte[PageCount * PageBytes];

    public SharedChangesTests()
    {
        _arena = _platform.CreateSharedMemory("arena", PageCount * PageBytes);
        _servant = new ServantProcess(_arena);
    }

    private Span<byte> Memory => _arena.Span(0, PageCount * PageBytes);

    public void Dispose()
    {
        _servant.Dispose();
        _arena.Dispose();
        _platform.Dispose();
    }

    [Fact]
    public async Task First_look_knows_nothing_and_the_second_what_was_written_since()
    {
        await _servant.Order(StirShared, 1);
        Assert.False(Of(LookStopped()).IsComplete);

        SharedChanges idle = Of(LookStopped());

        Assert.True(idle.IsComplete);
        Assert.Empty(idle.Written);
        Assert.Empty(idle.Unseen);
    }

    [Fact]
    public void A_component_writes_to_memory_through_mappings_only()
    {
        const int FileLength = 1; // RLIMIT_FSIZE
        using IStoppedProcess stopped = _servant.Process.Stop(Patience);

        Assert.Equal(0ul, stopped.Read(Programs.Identify).ResourceLimits.Single(limit => limit.Resource == FileLength).Hard);
    }

    [Theory]
    [InlineData(1200, false)]
    [InlineData(600, true)]
    public async Task No_page_is_missed_whatever_is_written_moved_dropped_and_unmapped(int rounds, bool whileRunning)
    {
        Take(LookStopped());
        using IRunningMemory running = _servant.Process.OpenMemory();
        int complete = 0;
        for (int round = 0; round < rounds; round++)
        {
            _servant.Send(StirShared, round);
            if (whileRunning)
            {
                Take(running.TakeChanges());
                Take(running.TakeChanges());
            }

            if (!whileRunning || round % 2 == 0)
                await _servant.Result();
            using (IStoppedProcess stopped = _servant.Process.Stop(Patience))
            {
                if (Take(stopped.TakeChanges()))
                    complete++;
                Assert.True(Memory.SequenceEqual(_layered), $"round {round}: page {Memory.CommonPrefixLength(_layered) / PageBytes} was missed");
            }

            await _servant.Result();
        }

        Assert.InRange(complete, rounds / 4, rounds);
    }

    [Fact]
    public async Task Nothing_is_missed_where_private_memory_takes_the_place_of_shared_memory_and_the_other_way_round()
    {
        const int Rounds = 300;
        LayeredPages pages = new(_servant);
        Take(pages.CheckRound(0, compare: false, isComplete: false));
        using IRunningMemory running = _servant.Process.OpenMemory();
        for (int round = 0; round < Rounds; round++)
        {
            _servant.Send(TakeTurns, round);
            for (int look = 0; look < 3; look++)
                Take(pages.ReadRunning(running));
            Take(pages.CheckRound(round, compare: true, isComplete: true, mayTurnToZeros: true));
            Assert.InRange(await _servant.Result(), 8, 14);
            Take(pages.CheckRound(round, compare: false, isComplete: true));
            Assert.True(Memory.SequenceEqual(_layered), $"round {round}: page {Memory.CommonPrefixLength(_layered) / PageBytes} was missed");
        }
    }

    /// <summary>Copies what was or may have been written; false if that was not known.</summary>
    private bool Take(PageChanges changes)
    {
        SharedChanges found = Of(changes);
        IReadOnlyList<PageRun> copied = found.IsComplete ? PageRuns.Union(found.Written, found.Unseen) : [new PageRun(0, PageCount * PageBytes)];
        foreach (PageRun run in copied)
            _arena.Span(run.Address, (int)run.LengthBytes).CopyTo(_layered.AsSpan((int)run.Address));
        return found.IsComplete;
    }

    private SharedChanges Of(PageChanges changes) => changes.Shared.Single(shared => shared.Inode == _arena.Inode);

    private PageChanges LookStopped()
    {
        using IStoppedProcess stopped = _servant.Process.Stop(Patience);
        return stopped.TakeChanges();
    }
}
