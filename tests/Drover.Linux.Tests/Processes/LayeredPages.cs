using Drover.Platform;
using Drover.Platform.State;
using Xunit;

namespace Drover.Linux.Tests.Processes;

/// <summary>The private memory of a component as it comes out of what each look found written, put upon what was there before.</summary>
internal sealed class LayeredPages(ServantProcess servant)
{
    private const int PageBytes = 4096;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Dictionary<ulong, byte[]> _layered = [];

    public static IEnumerable<ulong> Pages(IEnumerable<PageRun> runs)
    {
        foreach (PageRun run in runs)
        {
            for (ulong page = run.Address; page < run.End; page += PageBytes)
                yield return page;
        }
    }

    /// <summary>Notes what can be read of what was written, and that the rest is not known.</summary>
    public PageChanges ReadRunning(IRunningMemory running)
    {
        PageChanges changes = running.TakeChanges();
        foreach (ulong page in Pages(changes.Written))
            _layered.Remove(page);
        List<PageRun> missed = [];
        byte[] content = new byte[PageRuns.LengthBytes(changes.Written)];
        running.Read([.. changes.Written], content, missed);
        HashSet<ulong> notRead = [.. Pages(missed)];
        int at = 0;
        foreach (ulong page in Pages(changes.Written))
        {
            if (!notRead.Contains(page))
                _layered[page] = content.AsSpan(at, PageBytes).ToArray();
            at += PageBytes;
        }

        return changes;
    }

    /// <summary>Looks while it is stopped.</summary>
    /// <param name="round">Which; the first look finds all.</param>
    /// <param name="compare">Whether what is layered then is compared with all that is there.</param>
    /// <param name="isComplete">Whether there was a look before.</param>
    /// <param name="mayTurnToZeros">Whether huge pages may be split.</param>
    public PageChanges CheckRound(int round, bool compare, bool isComplete, bool mayTurnToZeros = false)
    {
        ProcessState state;
        PageChanges changes;
        IMemorySnapshot copy;
        IMemorySnapshot? snapshot;
        using (IStoppedProcess stopped = servant.Process.Stop(Patience))
        {
            state = stopped.Read(Programs.Identify);
            changes = stopped.TakeChanges();
            copy = stopped.Copy(changes.Written);
            snapshot = compare ? stopped.Snapshot() : null;
        }

        using (copy)
        {
            Assert.Equal(isComplete, changes.IsComplete);
            HashSet<ulong> unchanged = [.. Pages(changes.Unchanged)];
            foreach (ulong gone in _layered.Keys.Where(page => !unchanged.Contains(page)).ToList())
                _layered.Remove(gone);
            Assert.Equal(Pages(changes.Written).Concat(unchanged).Order(), Pages(changes.Written).Concat(unchanged).Distinct().Order());
            Assert.Equal(changes.Written.OrderBy(run => run.Address), changes.Written);
            Assert.Equal(changes.Unchanged.OrderBy(run => run.Address), changes.Unchanged);
            // A page that was not there at the look before can not be as it was then.
            Assert.DoesNotContain(unchanged, page => !_layered.ContainsKey(page));
            foreach (ulong page in Pages(changes.Written))
                _layered[page] = ReadPage(copy, page);
        }

        if (snapshot is null)
            return changes;
        using (snapshot)
        {
            // The kernel notes the CPU in a thread's rseq area whenever it runs, as it does to make the snapshot.
            ReadOnlySpan<byte> Comparable(byte[] content, ulong page)
            {
                foreach (RseqState rseq in state.Threads.Select(thread => thread.Rseq).Where(rseq => rseq.Address / PageBytes * PageBytes == page))
                    content.AsSpan((int)(rseq.Address - page), (int)rseq.LengthBytes).Clear();
                return content;
            }

            // When the kernel splits a huge page, it puts the zero page in the place of those of its pages that hold nothing but zeros.
            Assert.DoesNotContain(_layered.Keys.Except(Pages(snapshot.Runs)), page => !mayTurnToZeros || _layered[page].AsSpan().ContainsAnyExcept((byte)0));
            Assert.Subset(_layered.Keys.ToHashSet(), Pages(snapshot.Runs).ToHashSet());
            foreach (ulong page in Pages(snapshot.Runs))
                Assert.True(Comparable(_layered[page], page).SequenceEqual(Comparable(ReadPage(snapshot, page), page)), $"round {round}: page 0x{page:x} was missed");
        }

        return changes;
    }

    private static byte[] ReadPage(IMemorySnapshot memory, ulong page)
    {
        byte[] content = new byte[PageBytes];
        memory.Read(page, content);
        return content;
    }
}
