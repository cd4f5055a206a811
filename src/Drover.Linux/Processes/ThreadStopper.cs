using System.Diagnostics;
using Drover.Linux.Native;
using Drover.Linux.Tracing;

namespace Drover.Linux.Processes;

/// <summary>Stops all threads of a running process. Used on the tracer thread only.</summary>
internal sealed class ThreadStopper
{
    private readonly int _processId;
    private readonly TimeSpan _patience;
    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly HashSet<int> _known = [];
    private readonly List<Tracee> _stopped = [];
    private readonly List<Tracee> _moving = [];

    /// <param name="processId">The process, on this node.</param>
    /// <param name="patience">How long to wait.</param>
    /// <param name="lingering">Threads that were asked to stop before and have not been let go since.</param>
    public ThreadStopper(int processId, TimeSpan patience, IEnumerable<Tracee> lingering)
    {
        _processId = processId;
        _patience = patience;
        _moving.AddRange(lingering);
        _known.UnionWith(_moving.Select(thread => thread.ThreadId));
    }

    /// <summary>Threads that were asked to stop and did not in time; they have to be let go when they do.</summary>
    public IReadOnlyList<Tracee> Lingering => _moving;

    /// <summary>Gives the stopped threads, the leader first. Throws with all of them running (or lingering) if the
    /// patience ends or the process does.</summary>
    public List<Tracee> Stop()
    {
        try
        {
            // Only a thread that runs can make another: when a look finds none that is new, all are stopped.
            while (SeizeNew() || _moving.Count > 0)
                WaitForAll();
        }
        catch
        {
            _stopped.Sort((one, other) => Order(one).CompareTo(Order(other)));
            LetGo();
            throw;
        }
        if (_stopped.Count == 0)
            throw new ProcessEndedException(_processId);
        _stopped.Sort((one, other) => Order(one).CompareTo(Order(other)));
        return _stopped;
    }

    private int Order(Tracee thread) => thread.ThreadId == _processId ? 0 : thread.ThreadId;

    private bool SeizeNew()
    {
        bool found = false;
        foreach (int threadId in ThreadFiles.ThreadsOf(_processId))
        {
            if (!_known.Add(threadId))
                continue;
            // One that ends while the kernel lists it cuts the list short, so this look counts only if there is another.
            found = true;
            if (!Tracee.TrySeize(threadId, Ptrace.OptionKillOnExit))
                continue;
            Tracee thread = new(threadId);
            _moving.Add(thread);
            TryInterrupt(thread);
        }
        return found;
    }

    private static void TryInterrupt(Tracee thread)
    {
        try
        {
            thread.Interrupt();
        }
        catch (ProcessEndedException)
        {
            // Its end is what it will be waited for.
        }
    }

    private void WaitForAll()
    {
        while (true)
        {
            // Here, not behind the look: new ones may come without end, none of which has to be waited for.
            if (Stopwatch.GetElapsedTime(_started) > _patience)
                throw new TimeoutException($"{_moving.Count} threads of process {_processId} did not stop in {_patience}.");
            for (int i = _moving.Count - 1; i >= 0; i--)
                Look(i);
            if (_moving.Count == 0)
                return;
            Pause();
        }
    }

    private void Look(int index)
    {
        Tracee thread = _moving[index];
        try
        {
            if (!Ptrace.TryWait(thread.ThreadId, out WaitStatus status))
                return;
            if (status.IsStopped && status.Event != Ptrace.EventStop)
            {
                // A signal on its way to the thread: let it arrive, and stop behind it.
                thread.Interrupt();
                thread.Continue(status.Event == 0 ? status.StopSignal : 0);
                return;
            }
            if (status.IsStopped)
                _stopped.Add(thread);
        }
        catch (ProcessEndedException)
        {
            // Gone; no longer among those to wait for.
        }
        _moving.RemoveAt(index);
    }

    private void LetGo()
    {
        // The leader comes first and can be waited for only after the others.
        for (int i = _stopped.Count - 1; i >= 0; i--)
        {
            if (!_stopped[i].TryDetach())
                ProcessEnd.Reap(_stopped[i].ThreadId);
        }
    }

    private static void Pause() => _ = Libc.NanoSleep(new TimeSpecification { Nanoseconds = 15_000 }, 0);
}
