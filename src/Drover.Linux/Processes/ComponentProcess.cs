using System.Diagnostics;
using Drover.Linux.Memory;
using Drover.Linux.Native;
using Drover.Linux.Seccomp;
using Drover.Linux.Tracing;
using Drover.Linux.Userfault;
using Drover.Linux.Waits;
using Drover.Platform;
using Drover.Platform.Faults;
using Drover.Platform.Traps;

namespace Drover.Linux.Processes;

/// <summary>A component's process and the namespaces it lives in.</summary>
internal sealed partial class ComponentProcess : IComponentProcess, IAddressSpace
{
    private readonly TracerThread _tracer;
    private readonly DescriptorWatcher _exits;
    private readonly DescriptorWatcher _faultWatcher;
    private readonly ProcessParts _parts;
    private readonly NotificationPort _port;
    private readonly SafeFileDescriptor _pidfd;
    private readonly ulong _watchKey;
    private readonly WriteTracker _writes; // tracer thread only
    private readonly TaskCompletionSource<ProcessExit> _exited =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private LifeStage _stage = LifeStage.Built; // tracer thread only
    private bool _disposed; // tracer thread only
    private long _runsSince; // written once, on the tracer thread

    /// <summary>Takes over all parts. Called on the tracer thread.</summary>
    public ComponentProcess(
        TracerThread tracer, DescriptorWatcher exits, DescriptorWatcher faults, ProcessParts parts, ITrapHandler traps)
    {
        _tracer = tracer;
        _exits = exits;
        _faultWatcher = faults;
        _parts = parts;
        _waits = new TimedWaits(CutWait);
        foreach ((int threadId, TimedWait wait, long began) in parts.Waits)
            _waits.Recall(threadId, wait, began);
        _pidfd = PidDescriptor.Open(parts.Leader.ThreadId);
        _writes = new WriteTracker(parts.Userfault, parts.Leader.ThreadId);
        _port = new NotificationPort(parts.Listener, parts.Leader.ThreadId, traps) { Waits = _waits, Writes = _writes.Outside, Fill = parts.Fill };
        parts.Init.UnderConstruction.Clear();
        _watchKey = _exits.WatchOnce(_pidfd, () => _tracer.TryRun(LeaderEnded));
    }

    private enum LifeStage
    {
        /// <summary>Complete, stopped, nothing of it has run.</summary>
        Built,

        /// <summary>On its own, not traced.</summary>
        Running,

        /// <summary>All threads stopped by this node.</summary>
        Stopped,

        /// <summary>Killed by this node, which traces nothing of it any more; its end has not been noticed yet.</summary>
        Killed,

        Ended,
    }

    private bool HasEnded => _stage is LifeStage.Killed or LifeStage.Ended;

    public int HostProcessId => _parts.Leader.ThreadId;

    public ITrapPort Port => _port;

    public IAddressSpace AddressSpace => this;

    public Task<ProcessExit> Exited => _exited.Task;

    public TimeSpan RanSinceRecorded => _parts.RecordedAt is { } recorded
        ? Since(recorded.MonotonicNanoseconds - _parts.Clocks.MonotonicNanoseconds)
        : TimeSpan.Zero;

    public long RunsSince => Volatile.Read(ref _runsSince);

    /// <summary>Steps that are to fail on purpose.</summary>
    internal required FaultPoints Faults { get; init; }

    /// <summary>Told of what went wrong and was made good. On the tracer thread.</summary>
    internal required Action<string, Exception> OnFault { get; init; }

    /// <summary>Told when the process has been disposed of.</summary>
    internal Action<ComponentProcess>? Disposed { get; set; }

    public void Start() => _tracer.Run(() =>
    {
        ThrowUnless(LifeStage.Built);
        Confinement.DisarmStub(_parts.Memory);
        _port.Start();
        Volatile.Write(ref _runsSince, Stopwatch.GetTimestamp());
        // Of a process that was ended meanwhile the threads have to be waited for.
        LetGo([_parts.Leader, .. _parts.OtherThreads]);
        // Faults are served already. To start a thread can take until that has had its share of the processor.
        _parts.Fill?.GoOn();
        _parts.Init.Left.GiveBack();
    });

    public void Kill()
    {
        _tracer.Run(KillTraced);
        Exited.Wait();
    }

    public void Dispose()
    {
        // If the tracer has ended, the platform was disposed of, and this with it.
        bool isFirst = false;
        _tracer.TryRun(() => isFirst = EndAll());
        if (!isFirst)
            return;
        // Nobody is left under the filter, so its thread ends; it may be in the middle of a call that needs the tracer.
        _port.Dispose();
    }

    private static TimeSpan Since(long nodeNanoseconds) =>
        TimeSpan.FromTicks((ClockOffsets.NodeMonotonic - nodeNanoseconds) / TimeSpan.NanosecondsPerTick);

    private void ThrowUnless(LifeStage stage)
    {
        if (_disposed || HasEnded)
            throw new ProcessEndedException(HostProcessId);
        if (_stage != stage)
            throw new InvalidOperationException($"The process is {_stage}, not {stage}.");
    }

    /// <summary>Ends everything in the namespaces; false if that was done before.</summary>
    private bool EndAll()
    {
        if (_disposed)
            return false;
        _disposed = true;
        _exits.Forget(_pidfd, _watchKey);
        EndFaults();
        _waits.Dispose();
        ProcessExit exit = Explain(EndByItself() ?? new ProcessExit(0, Signals.Kill));
        KillTraced();
        LeaveNamespaces();
        _parts.Memory.Dispose();
        _files.Dispose();
        _pidfd.Dispose();
        _stage = LifeStage.Ended;
        _exited.TrySetResult(exit);
        Disposed?.Invoke(this);
        return true;
    }

    /// <summary>If nobody keeps a snapshot of the component, all in the namespaces ends. Otherwise only what is the component's.</summary>
    private void LeaveNamespaces()
    {
        if (!_parts.Init.Keeps(_parts.Anchor))
        {
            _parts.Init.End();
            StopFilling();
            _parts.Anchor.Dispose();
            _parts.Userfault.Dispose();
            return;
        }

        try
        {
            // The anchor has the memory, so this is quick.
            PidDescriptor.WaitForEnd(_pidfd);
            _parts.Init.TryReap(_parts.NamespaceId, out _);
        }
        catch (ProcessEndedException)
        {
            // All in the namespaces has ended.
        }

        _parts.Init.Leave();
        // The memory goes with the anchor, which takes the longer the more there is.
        StopFilling();
        _parts.Userfault.Dispose();
        _parts.Init.Left.Add(_parts.Anchor, _exits);
    }

    private void StopFilling()
    {
        if (_parts.Fill is not { } fill)
            return;
        fill.Dispose();
        // One that waits for a slow disk gives back what it has later.
        fill.Over.Wait(FillPatience);
    }

    /// <summary>Kills the process; the threads that this node traces have to be waited for by it.</summary>
    private void KillTraced()
    {
        if (HasEnded)
            return;
        if (_stage == LifeStage.Running && _parts.Init.Keeps(_parts.Anchor))
            SeizeThreads();
        ProcessEnd.Kill(HostProcessId);
        foreach (Tracee thread in TracedThreads().ToArray())
            ProcessEnd.Reap(thread.ThreadId);
        _threads = [];
        _lingering.Clear();
        _stage = LifeStage.Killed;
    }

    /// <summary>Runs on the tracer thread once the whole process is a zombie.</summary>
    private void LeaderEnded()
    {
        if (_disposed || _stage == LifeStage.Ended)
            return;
        ProcessExit exit = Explain(EndByItself() ?? new ProcessExit(0, Signals.Kill));
        _stage = LifeStage.Ended;
        _exited.TrySetResult(exit);
    }

    /// <summary>A thread that nobody waits for gives its id back some time after its process was seen to have ended (since Linux
    /// 6.15). What is built of a snapshot needs the ids, so they are waited for. One that is born meanwhile gets away with it.</summary>
    private void SeizeThreads()
    {
        foreach (int threadId in ThreadFiles.ThreadsOf(HostProcessId))
        {
            if (_lingering.TrueForAll(thread => thread.ThreadId != threadId) && Tracee.TrySeize(threadId, Ptrace.OptionKillOnExit))
                _lingering.Add(new Tracee(threadId));
        }
    }

    /// <summary>How the process ended, if it has and that was not fetched before.</summary>
    private ProcessExit? EndByItself()
    {
        try
        {
            if (_stage == LifeStage.Ended || !_parts.Init.TryReap(_parts.NamespaceId, out WaitStatus status))
                return null;
            return status.HasExited ? new ProcessExit(status.ExitStatus, 0) : new ProcessExit(0, status.EndingSignal);
        }
        catch (ProcessEndedException)
        {
            // The namespaces' init was killed, and the process with it.
            return null;
        }
    }
}
