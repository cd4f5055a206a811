using Drover.Linux.Memory;
using Drover.Platform;

namespace Drover.Linux.Userfault;

/// <summary>
/// Pages of a component that the node itself wrote to while the component ran. The kernel notes such a write when it takes hold of the
/// page, a moment before the bytes are there: a look in between would take the note and find the old bytes. So each write
/// is noted here too, when it is done. Thread-safe.
/// </summary>
internal sealed class OutsideWrites
{
    private readonly Lock _lock = new();
    private readonly HashSet<ulong> _pages = []; // guarded by _lock
    private volatile bool _isNoting;

    /// <summary>True from the first look on.</summary>
    public bool IsNoting => _isNoting;

    /// <summary>Notes what is written from now on. To be called before the first look begins.</summary>
    public void Begin() => _isNoting = true;

    /// <summary>To be called after the write and before the component learns of it.</summary>
    public void Note(ulong address, int lengthBytes)
    {
        if (!_isNoting || lengthBytes <= 0)
            return;
        lock (_lock)
        {
            for (ulong page = address & ~(PageMath.PageBytes - 1); page < address + (ulong)lengthBytes; page += PageMath.PageBytes)
                _pages.Add(page);
        }
    }

    /// <summary>What was noted since the call before, ascending.</summary>
    public List<PageRun> Take()
    {
        ulong[] pages;
        lock (_lock)
        {
            if (_pages.Count == 0)
                return [];
            pages = [.. _pages];
            _pages.Clear();
        }

        Array.Sort(pages);
        List<PageRun> runs = [];
        foreach (ulong page in pages)
            PageRuns.Append(runs, page, page + PageMath.PageBytes);
        return runs;
    }
}
