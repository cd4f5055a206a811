using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Drover.Linux.Memory;
using Drover.Linux.Native;
using Drover.Linux.Stub;
using Drover.Linux.Tracing;
using Drover.Linux.Userfault;
using Drover.Linux.Waits;
using Drover.Platform;
using Drover.Platform.Faults;
using Drover.Platform.State;
using ThreadState = Drover.Platform.State.ThreadState;

namespace Drover.Linux.Processes;

/// <summary>Builds a process from its recorded state. Used on the tracer thread only.</summary>
internal sealed class ProcessRebuilder
{
    private readonly TracerThread _tracer;
    private readonly RebuildRequest _request;
    private readonly RebuildResources _resources;
    private readonly NamespaceInit _init;
    private readonly Tracee _leader;
    private readonly ProcessMemory _memory;
    private readonly FaultPoints _faults;
    private readonly bool _hadAnother;

    private ProcessRebuilder(
        TracerThread tracer, RebuildRequest request, RebuildResources resources, NamespaceInit init, Tracee leader,
        ProcessMemory memory, FaultPoints faults, bool hadAnother)
    {
        _hadAnother = hadAnother;
        _tracer = tracer;
        _request = request;
        _resources = resources;
        _init = init;
        _leader = leader;
        _memory = memory;
        _faults = faults;
    }

    /// <summary>What the process was made of, which is its anchor; null if it has none yet.</summary>
    private KeptProcess? Standby { get; init; }

    /// <summary>Of the time namespace that it was made in; null if it is to enter one.</summary>
    private ClockOffsets? EnteredClocks { get; init; }

    private ProcessState State => _request.State;

    private int LeaderId => State.Threads[0].ThreadId;

    /// <summary>Builds the process. A step that fails leaves nothing behind.</summary>
    /// <param name="tracer">The thread that this runs on.</param>
    /// <param name="zygote">Makes the namespaces.</param>
    /// <param name="spare">Namespaces that were made before, which are used up whatever comes of it; null if there are none.</param>
    /// <param name="request">Found valid by <see cref="StateValidator"/>.</param>
    /// <param name="resources">Made for this request.</param>
    /// <param name="faults">Steps that are to fail on purpose.</param>
    public static ProcessParts Rebuild(
        TracerThread tracer, Zygote zygote, NamespaceInit? spare, RebuildRequest request, RebuildResources resources, FaultPoints faults)
    {
        NamespaceInit? init = spare;
        ProcessMemory? memory = null;
        try
        {
            faults.Reach(FaultPoint.RestoreMakeNamespaces);
            init ??= MakeNamespaces(tracer, zygote);
            faults.Reach(FaultPoint.RestoreMakeLeader);
            Tracee leader = init.Spawn(request.State.Threads[0].ThreadId);
            memory = new ProcessMemory(leader.ThreadId);
            return new ProcessRebuilder(tracer, request, resources, init, leader, memory, faults, hadAnother: false).Build();
        }
        catch
        {
            memory?.Dispose();
            init?.Dispose();
            throw;
        }
    }

    /// <summary>Makes namespaces in which nothing is but their init, without files of the host.</summary>
    public static NamespaceInit MakeNamespaces(TracerThread tracer, Zygote zygote)
    {
        NamespaceInit init = zygote.CreateInit(tracer);
        try
        {
            init.Prepare();
            init.LeaveHostFiles();
            return init;
        }
        catch
        {
            init.Dispose();
            throw;
        }
    }

    /// <summary>Builds the process of a copy of a snapshot, in the namespaces that both are of and that no component lives in
    /// now. A step that fails leaves the snapshot only, and nothing can be built of it in this way any more.</summary>
    public static ProcessParts RebuildFrom(
        TracerThread tracer, MemorySnapshot snapshot, RebuildRequest request, RebuildResources resources, FaultPoints faults)
    {
        NamespaceInit init = snapshot.Process.Init;
        int leaderId = request.State.Threads[0].ThreadId;
        init.Occupy();
        KeptProcess? standby = snapshot.TakeStandby();
        ProcessMemory? memory = null;
        try
        {
            faults.Reach(FaultPoint.RollbackForkMemory);
            (Tracee leader, ClockOffsets? clocks) = standby is null
                ? (snapshot.Process.Fork(snapshot.Memory, leaderId), null)
                : MakeOf(standby, request.State, faults);
            init.UnderConstruction.Add(leader);
            memory = new ProcessMemory(leader.ThreadId);
            ProcessRebuilder rebuilder = new(tracer, request, resources, init, leader, memory, faults, hadAnother: true)
            {
                Standby = standby,
                EnteredClocks = clocks,
            };
            rebuilder.ReplaceDataspaces();
            return rebuilder.Finish();
        }
        catch
        {
            memory?.Dispose();
            standby?.Dispose();
            init.GiveUpConstruction(leaderId);
            throw;
        }
    }

    /// <summary>Makes the leader of a copy that was made beforehand: the two share it. Whoever shares memory cannot change its time
    /// namespace, so the copy does that first.</summary>
    private static (Tracee Leader, ClockOffsets? Clocks) MakeOf(KeptProcess standby, ProcessState state, FaultPoints faults)
    {
        using ProcessMemory memory = new(standby.HostProcessId);
        faults.Reach(FaultPoint.RestoreEnterTime);
        ClockOffsets clocks = EnterTime(standby.Init, standby.Tracee, memory, state);
        return (standby.Share(memory, state.Threads[0].ThreadId), clocks);
    }

    private ProcessParts Build()
    {
        _leader.SetOptions(Ptrace.OptionKillOnExit);
        AddressSpaceBuilder space = new(_leader, _memory, _init.Channel);
        _faults.Reach(FaultPoint.RestoreMapMemory);
        space.Map(State.Mappings, _resources);
        _faults.Reach(FaultPoint.RestoreFillPages);
        LazyFill? fill = null;
        if (_request.HoldPages is null)
        {
            space.TakeHugePages(State.Mappings, _request.Pages.Runs);
            space.Fill(_request.Pages, _request.Pages.Runs);
        }
        else
        {
            fill = space.FillLater(_request);
        }

        try
        {
            _faults.Reach(FaultPoint.RestoreSetState);
            SetMemoryLayout();
            return Finish(fill);
        }
        catch
        {
            // The process ends, too, before anything of it has run.
            fill?.Dispose();
            if (fill?.Failure is { } damage)
                ExceptionDispatchInfo.Throw(damage);
            throw;
        }
    }

    private void ReplaceDataspaces()
    {
        _faults.Reach(FaultPoint.RollbackMapDataspaces);
        new AddressSpaceBuilder(_leader, _memory, _init.Channel)
            .Replace(State.Mappings, _request.ReservedRanges, _resources);
    }

    /// <summary>All but the memory.</summary>
    private ProcessParts Finish(LazyFill? fill = null)
    {
        SetProcessWideState();
        ClockOffsets clocks = EnteredClocks ?? EnterTime();
        // Behind that, because who shares its memory cannot move; and before any right is lost.
        _init.KeepFree(State.Threads.Select(thread => thread.ThreadId));
        KeptProcess anchor = Standby ?? KeptProcess.Anchor(_tracer, _init, _leader, _memory);
        SafeFileDescriptor? listener = null;
        UserfaultDescriptor? userfault = null;
        try
        {
            DropPrivileges();
            _faults.Reach(FaultPoint.RestoreInstallFilter);
            listener = Confinement.InstallFilter(
                _leader, _memory, _init.Channel, _request.PrivateCalls, LeaderId, trapsMoves: fill is not null);
            userfault = UserfaultDescriptor.Create(_leader, _memory, _init.Channel);
            _faults.Reach(FaultPoint.RestorePlaceDescriptors);
            new DescriptorPlacer(_leader, _memory, _init.Channel).Place(State.Descriptors, _resources);
            CallBatch limits = new();
            ResourceLimits.Add(limits, _request.Limits, State.ResourceLimits);
            Injector.RunChecked(_leader, _memory, limits);
            _faults.Reach(FaultPoint.RestoreMakeThreads);
            ThreadBuilder threads = new(_init, _leader, _memory, State, _hadAnother);
            IReadOnlyList<Tracee> others = threads.Build();
            if (State.NextThreadId > 1)
                _init.WriteLastId(State.NextThreadId - 1);
            _faults.Reach(FaultPoint.RestoreKeepProcess);
            return new ProcessParts(_init, _leader, LeaderId, _memory, listener, clocks)
            {
                Userfault = userfault,
                Anchor = anchor,
                Fill = fill,
                OtherThreads = others,
                Waits = [.. RecordedWaits(others, clocks)],
                RecordedAt = new ClockReading(State.MonotonicNanoseconds, State.BoottimeNanoseconds),
            };
        }
        catch
        {
            userfault?.Dispose();
            listener?.Dispose();
            anchor.Dispose();
            throw;
        }
    }

    private void SetMemoryLayout()
    {
        CallBatch batch = new();
        AddLayout(batch, State.Layout);
        StubMapping.AddSeal(batch);
        Injector.RunChecked(_leader, _memory, batch);
    }

    private void SetProcessWideState()
    {
        CallBatch batch = new();
        foreach (SignalActionState action in State.SignalActions)
            AddSignalAction(batch, action);
        foreach (int command in MembarrierRegistration.Commands)
        {
            if ((State.MembarrierRegistrations & command) != 0)
                batch.Require("membarrier", SystemCall.Membarrier, (ulong)command);
        }
        batch.Require("umask", SystemCall.ModeMask, (ulong)State.FileModeMask & 0x1ff);
        Injector.RunChecked(_leader, _memory, batch);
    }

    private void DropPrivileges()
    {
        CallBatch batch = new();
        batch.Require("prctl", SystemCall.ProcessControl, Prctl.SetDumpable, 1);
        Confinement.AddPrivilegeDrop(batch);
        Injector.RunChecked(_leader, _memory, batch);
    }

    private static void AddSignalAction(CallBatch batch, SignalActionState action)
    {
        ulong address = batch.Put(new KernelSignalAction
        {
            Handler = action.Handler,
            Flags = action.Flags,
            Restorer = action.Restorer,
            Mask = action.Mask,
        });
        batch.Require("rt_sigaction", SystemCall.SignalAction, (ulong)action.Signal, address, 0, sizeof(ulong));
    }

    private static unsafe void AddLayout(CallBatch batch, MemoryLayoutState layout)
    {
        ulong vector = batch.Put(layout.AuxiliaryVector);
        ulong map = batch.Put(new MemoryMapLayout
        {
            StartCode = layout.StartCode,
            EndCode = layout.EndCode,
            StartData = layout.StartData,
            EndData = layout.EndData,
            StartBrk = layout.StartBrk,
            Brk = layout.Brk,
            StartStack = layout.StartStack,
            ArgStart = layout.ArgStart,
            ArgEnd = layout.ArgEnd,
            EnvStart = layout.EnvStart,
            EnvEnd = layout.EnvEnd,
            AuxiliaryVector = vector,
            AuxiliaryVectorBytes = (uint)layout.AuxiliaryVector.Length,
            ExecutableDescriptor = uint.MaxValue,
        });
        batch.Require(
            "prctl(PR_SET_MM_MAP)", SystemCall.ProcessControl,
            Prctl.SetMemory, Prctl.SetMemoryMap, map, (ulong)sizeof(MemoryMapLayout), 0);
    }

    /// <summary>Waits that were under way: they began as long ago as the thread had waited by the component's clock.</summary>
    private IEnumerable<(int ThreadId, TimedWait Wait, long BeganNanoseconds)> RecordedWaits(IReadOnlyList<Tracee> others, ClockOffsets clocks)
    {
        for (int i = 0; i < State.Threads.Count; i++)
        {
            ThreadState thread = State.Threads[i];
            if (thread.WaitedNanoseconds is not { } waited || !TimedWait.IsOne(thread.BlockedCall))
                continue;
            UserRegisters registers = MemoryMarshal.Read<UserRegisters>(thread.GeneralRegisters);
            Tracee tracee = i == 0 ? _leader : others[i - 1];
            long began = State.MonotonicNanoseconds - clocks.MonotonicNanoseconds - waited;
            yield return (tracee.ThreadId, TimedWait.Of(thread.BlockedCall, registers), began);
        }
    }

    /// <summary>As late as it can be: from here on the component's clocks run, and only a single thread can move.</summary>
    private ClockOffsets EnterTime()
    {
        _faults.Reach(FaultPoint.RestoreEnterTime);
        return EnterTime(_init, _leader, _memory, State);
    }

    /// <summary>Moves a process into a time namespace whose clocks show the recorded values.</summary>
    private static ClockOffsets EnterTime(NamespaceInit init, Tracee process, ProcessMemory memory, ProcessState state)
    {
        ClockOffsets clocks = ClockOffsets.ToShow(state.MonotonicNanoseconds, state.BoottimeNanoseconds);
        using SafeFileDescriptor time = init.CreateTimeNamespace(clocks);
        int number = init.Channel.Send(process, memory, [time])[0];
        CallBatch batch = new();
        batch.Require("setns", SystemCall.SetNamespace, (ulong)number, CloneFlags.NewTime);
        batch.Require("close", SystemCall.Close, (ulong)number);
        Injector.RunChecked(process, memory, batch);
        return clocks;
    }
}
