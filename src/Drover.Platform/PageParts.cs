using System.Runtime.ExceptionServices;

namespace Drover.Platform;

/// <summary>Work on many pages, part by part, by several threads where that is worth it.</summary>
public sealed class PageParts
{
    /// <summary>Large enough for few system calls, small enough to stay in the CPU's cache from reading to writing.</summary>
    public const int MostBytes = 256 << 10;

    /// <summary>Up to here a thread costs more than it brings.</summary>
    private const ulong BytesOfOneThread = 4 << 20;

    private const int MostThreads = 4;

    private readonly Lock _lock = new();
    private readonly IReadOnlyList<PageRun> _runs;
    private int _run; // guarded by _lock
    private ulong _done; // bytes of that run; guarded by _lock
    private ExceptionDispatchInfo? _failure; // the first; guarded by _lock

    private PageParts(IReadOnlyList<PageRun> runs) => _runs = runs;

    /// <summary>Does work for all parts of runs, each once and in no order. Returns, or throws what the work threw first, when no
    /// thread works any more; after a failure no part is begun.</summary>
    /// <param name="runs">May be empty.</param>
    /// <param name="makeWork">Called by each thread, one of which is the caller's; makes what it does for each part of at most
    /// <see cref="MostBytes"/>.</param>
    public static void ForEach(IReadOnlyList<PageRun> runs, Func<Action<PageRun>> makeWork)
    {
        ArgumentNullException.ThrowIfNull(runs);
        ArgumentNullException.ThrowIfNull(makeWork);
        PageParts parts = new(runs);
        List<Thread> others = parts.StartOthers(makeWork);
        parts.Work(makeWork);
        foreach (Thread thread in others)
            thread.Join();
        parts._failure?.Throw();
    }

    private List<Thread> StartOthers(Func<Action<PageRun>> makeWork)
    {
        List<Thread> others = [];
        if (PageRuns.LengthBytes(_runs) <= BytesOfOneThread)
            return others;
        int count = Math.Min(Environment.ProcessorCount, MostThreads) - 1;
        try
        {
            for (int i = 0; i < count; i++)
            {
                Thread thread = new(() => Work(makeWork)) { IsBackground = true, Name = "pages" };
                thread.Start();
                others.Add(thread);
            }
        }
        catch (OutOfMemoryException)
        {
            // It goes on with fewer.
        }

        return others;
    }

    private void Work(Func<Action<PageRun>> makeWork)
    {
        try
        {
            Action<PageRun> work = makeWork();
            while (TryTake(out PageRun part))
                work(part);
        }
#pragma warning disable CA1031 // Thrown again by the caller's thread, as it is.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            lock (_lock)
                _failure ??= ExceptionDispatchInfo.Capture(failure);
        }
    }

    private bool TryTake(out PageRun part)
    {
        lock (_lock)
        {
            part = default;
            while (_run < _runs.Count && _done == _runs[_run].LengthBytes)
            {
                _run++;
                _done = 0;
            }

            if (_failure is not null || _run == _runs.Count)
                return false;
            PageRun run = _runs[_run];
            part = new PageRun(run.Address + _done, Math.Min(MostBytes, run.LengthBytes - _done));
            _done += part.LengthBytes;
            return true;
        }
    }
}
