using System.Diagnostics;
using Drover.Linux.Memory;
using Drover.Linux.Native;
using Drover.Linux.Stub;
using Drover.Linux.Tracing;
using Drover.Platform;
using Drover.Platform.Faults;
using Drover.Platform.State;

namespace Drover.Linux.Processes;

internal sealed partial class ComponentProcess
{
    private readonly RestartedCalls _restarted = new(); // tracer thread only
    private readonly FileIdentities _files = new(); // tracer thread only
    private readonly List<Tracee> _lingering = []; // asked to stop and not let go yet; tracer thread only
    private ClockReading _stoppedAt; // written on the tracer thread, before the stop is handed out
    private List<StoppedThread> _threads = []; // while Stopped; tracer thread only
    private List<MapsEntry>? _mapsOfStop; // once read in this stop, as long as nothing changes them; tracer thread only

    public IStoppedProcess Stop(TimeSpan patience)
    {
        bool isFilled = AwaitFill();
        StoppedProcess stopped = _tracer.Run(() => UnlessEnded(() =>
        {
            StopThreads(patience);
            return new StoppedProcess(this);
        }));
        if (isFilled || FillStopped(patience))
            return stopped;
        stopped.Dispose();
        throw StillFilling();
    }

    private void StopThreads(TimeSpan patience)
    {
        ThrowUnless(LifeStage.Running);
        ChildSignal.HushStops();
        ThreadStopper stopper = new(HostProcessId, patience, _lingering);
        _lingering.Clear();
        List<Tracee> stopped;
        try
        {
            stopped = stopper.Stop();
        }
        catch
        {
            _lingering.AddRange(stopper.Lingering);
            LetGoLater();
            throw;
        }
        _stage = LifeStage.Stopped;
        _stoppedAt = new ClockReading(ClockOffsets.NodeMonotonic, ClockOffsets.NodeBoottime);
        try
        {
            _threads = stopped.ConvertAll(thread => new StoppedThread(thread));
            _threads.ForEach(_waits.NoteStop);
            Faults.Reach(FaultPoint.CheckpointArmStub);
            Confinement.ArmStub(_parts.Memory);
        }
        catch
        {
            _threads = [];
            LetGo(stopped);
            throw;
        }
    }

    internal TimeSpan RanSinceStop => Since(_stoppedAt.MonotonicNanoseconds);

    /// <summary>Lets all threads go on as if nothing had happened. Does nothing if they do already.</summary>
    internal void Resume() => _tracer.TryRun(() =>
    {
        if (_stage != LifeStage.Stopped)
            return;
        try
        {
            Confinement.DisarmStub(_parts.Memory);
            foreach (StoppedThread thread in _threads)
                thread.PutBack();
        }
        catch (Exception failure) when (failure is ProcessEndedException or LinuxException)
        {
            // A stub that does not trap would be a way out: rather no process than that one.
            ProcessEnd.Kill(HostProcessId);
        }
        List<Tracee> threads = _threads.ConvertAll(thread => thread.Tracee);
        _threads = [];
        _mapsOfStop = null;
        LetGo(threads);
    });

    /// <summary>Runs work on the tracer thread while the process is stopped.</summary>
    internal T WhileStopped<T>(Func<IReadOnlyList<StoppedThread>, T> work) => _tracer.Run(() =>
    {
        ThrowUnless(LifeStage.Stopped);
        return UnlessEnded(() => work(_threads));
    });

    internal ProcessReader Reader(IReadOnlyList<StoppedThread> threads) => new(
        _parts, threads, MapsOfStop, _stoppedAt, _restarted, _waits, _files);

    /// <summary>Forks the address space, while all threads are stopped; the copy stays stopped for ever.</summary>
    internal MemorySnapshot TakeSnapshot()
    {
        long began = Stopwatch.GetTimestamp();
        KeptProcess copy = _parts.Anchor.Copy(_parts.Memory);
        MemorySnapshot snapshot = new(_tracer, copy, Stopwatch.GetElapsedTime(began), Faults) { OnFault = OnFault };
        try
        {
            Faults.Reach(FaultPoint.CheckpointKeepFork);
            return snapshot;
        }
        catch
        {
            snapshot.Dispose();
            throw;
        }
    }

    internal PageChanges TakeChanges() => _writes.Take(MapsOfStop(), isStopped: true);

    /// <summary>Read once in a stop: several look at them, and they take the kernel a quarter of a millisecond.</summary>
    private List<MapsEntry> MapsOfStop() => _mapsOfStop ??= MapsEntry.Of(HostProcessId);

    public IRunningMemory OpenMemory()
    {
        if (!AwaitFill())
            throw StillFilling();
        return _tracer.Run(() => WhileRunning(() => new RunningMemory(HostProcessId, TakeChangesRunning)));
    }

    private PageChanges TakeChangesRunning() => _tracer.Run(() => WhileRunning(() => _writes.Take(MapsEntry.Of(HostProcessId), isStopped: false)));

    /// <summary>Looks at the process while it runs. It may end at any moment, and then that is why something is missing.</summary>
    private T WhileRunning<T>(Func<T> look)
    {
        ThrowUnless(LifeStage.Running);
        return UnlessEnded(look);
    }

    /// <summary>If the process is killed meanwhile, that is why something is missing, whatever it is.</summary>
    private T UnlessEnded<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception failure) when (failure is IOException or LinuxException && ThreadFiles.IsEnding(HostProcessId))
        {
            throw new ProcessEndedException(HostProcessId);
        }
    }

    internal CopiedMemory CopyPages(IReadOnlyList<PageRun> pages) => CopiedMemory.Of(_parts.Memory, pages);

    private void LetGo(List<Tracee> threads)
    {
        _stage = LifeStage.Running;
        // The leader comes first and can be waited for only after the others.
        for (int i = threads.Count - 1; i >= 0; i--)
        {
            if (!threads[i].TryDetach())
                ProcessEnd.Reap(threads[i].ThreadId);
            foreach (int signal in threads[i].DeferredSignals)
                _ = Libc.Call(SystemCall.ThreadGroupKill, HostProcessId, threads[i].ThreadId, signal, 0, 0);
        }
    }

    /// <summary>Frees threads that were asked to stop, as soon as they do.</summary>
    private void LetGoLater()
    {
        _lingering.RemoveAll(TryLetGo);
        if (_lingering.Count == 0)
            return;
        _ = Task.Delay(TimeSpan.FromMilliseconds(1)).ContinueWith(
            _ => _tracer.TryRun(LetGoLater), TaskScheduler.Default);
    }

    private static bool TryLetGo(Tracee thread)
    {
        try
        {
            return Ptrace.TryWait(thread.ThreadId, out WaitStatus status) && (!status.IsStopped || thread.TryDetach());
        }
        catch (ProcessEndedException)
        {
            return true;
        }
    }

    /// <summary>What this node has to wait for if the process is killed now, the leader last.</summary>
    private IEnumerable<Tracee> TracedThreads() => _lingering
        .Concat(_stage == LifeStage.Built ? _parts.OtherThreads.Append(_parts.Leader) : [])
        .Concat(_threads.Select(thread => thread.Tracee))
        .OrderBy(thread => thread.ThreadId == HostProcessId);
}
