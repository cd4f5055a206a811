using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Drover.Linux.Memory;
using Drover.Linux.Native;
using Drover.Linux.Stub;
using Drover.Linux.Tracing;
using Drover.Platform.State;
using ThreadState = Drover.Platform.State.ThreadState;

namespace Drover.Linux.Processes;

/// <summary>Makes the threads of a recorded process. Used on the tracer thread only.</summary>
/// <param name="init">Of the namespaces.</param>
/// <param name="leader">The first thread, which is there.</param>
/// <param name="memory">Of the process.</param>
/// <param name="state">What to build.</param>
/// <param name="hadAnother">True if a process has just ended that may have had the same thread ids. Since Linux 6.15 a thread gives
/// its id back only after its process can be seen to have ended: it may take a moment.</param>
internal sealed class ThreadBuilder(NamespaceInit init, Tracee leader, ProcessMemory memory, ProcessState state, bool hadAnother)
{
    private static readonly TimeSpan PatienceWithIds = TimeSpan.FromMilliseconds(200);

    private const ulong ThreadFlags = CloneFlags.Memory | CloneFlags.FileSystem | CloneFlags.Files
        | CloneFlags.SignalHandlers | CloneFlags.Thread | CloneFlags.SemaphoreUndo | CloneFlags.Traced;

    private const int AreaBytes = 2048;
    private const int AtOnce = StubLayout.DataBytes / AreaBytes;

    private const int OnStack = 1; // SS_ONSTACK
    private const int Disabled = 2; // SS_DISABLE

    /// <summary>A new thread starts with a stack pointer that tells which of the recorded ones it is.</summary>
    private const ulong MarkBytes = 16;

    private IReadOnlyList<ThreadState> Threads => state.Threads;

    /// <summary>Gives the threads other than the leader, stopped, with all their state; the leader has its own.</summary>
    public IReadOnlyList<Tracee> Build()
    {
        Tracee[] threads = new Tracee[Threads.Count];
        threads[0] = leader;
        Clone();
        Gather(threads);
        foreach (Tracee thread in threads)
            thread.SetSignalMask(Injector.QuietMask);
        for (int first = 0; first < threads.Length; first += AtOnce)
            SetUp(threads, first, Math.Min(first + AtOnce, threads.Length));
        QueuePending(threads);
        for (int i = 0; i < threads.Length; i++)
            SetRegisters(threads[i], Threads[i]);
        return threads[1..];
    }

    private unsafe void Clone()
    {
        Queue<int> left = new(Enumerable.Range(1, Threads.Count - 1));
        long began = Stopwatch.GetTimestamp();
        while (left.Count > 0)
        {
            CallBatch batch = new();
            List<int> asked = [];
            for (; left.Count > 0 && batch.HasRoomFor(sizeof(CloneArguments) + 32); asked.Add(left.Dequeue()))
                AddClone(batch, left.Peek());
            try
            {
                Injector.Run(leader, memory, batch);
            }
            finally
            {
                Register();
            }
            for (int i = 0; i < batch.Count; i++)
            {
                if (batch.Result(i) == Threads[asked[i]].ThreadId)
                    continue;
                bool isTaken = batch.Result(i) == -Errno.EEXIST;
                if (!isTaken || !hadAnother || Stopwatch.GetElapsedTime(began) > PatienceWithIds)
                    throw new LinuxException("clone3", isTaken ? Errno.EEXIST : (int)-batch.Result(i), $"thread {Threads[asked[i]].ThreadId}");
                left.Enqueue(asked[i]);
            }
        }
    }

    private unsafe void AddClone(CallBatch batch, int index)
    {
        ThreadState thread = Threads[index];
        ulong arguments = batch.Put(new CloneArguments
        {
            Flags = ThreadFlags | (thread.ClearChildThreadId != 0 ? CloneFlags.ChildClearThreadId : 0),
            ChildThreadId = thread.ClearChildThreadId,
            Stack = StubLayout.DataAddress,
            StackBytes = (ulong)index * MarkBytes,
            SetThreadIds = batch.Put(thread.ThreadId),
            SetThreadIdCount = 1,
        });
        batch.Add(SystemCall.Clone3, arguments, (ulong)sizeof(CloneArguments));
    }

    /// <summary>Notes the threads that exist, so that they are waited for should the building fail.</summary>
    private void Register()
    {
        HashSet<int> known = [.. init.UnderConstruction.Select(thread => thread.ThreadId)];
        foreach (int threadId in ThreadFiles.ThreadsOf(leader.ThreadId))
        {
            if (known.Add(threadId))
                init.UnderConstruction.Add(new Tracee(threadId));
        }
    }

    private void Gather(Tracee[] threads)
    {
        foreach (Tracee thread in init.UnderConstruction.Where(one => one != leader))
        {
            thread.WaitForEventStop();
            ulong mark = thread.GetRegisters().Rsp - StubLayout.DataAddress;
            threads[mark / MarkBytes] = thread;
        }
    }

    private void SetUp(Tracee[] threads, int first, int behind)
    {
        CallBatch[] batches = new CallBatch[behind - first];
        for (int i = first; i < behind; i++)
        {
            CallBatch batch = new(StubLayout.DataAddress + (ulong)((i - first) * AreaBytes), AreaBytes);
            AddThreadState(batch, Threads[i], isLeader: i == 0);
            batches[i - first] = batch;
            Injector.Begin(threads[i], memory, batch);
        }
        for (int i = first; i < behind; i++)
        {
            Injector.Finish(threads[i], memory, batches[i - first]);
            batches[i - first].ThrowOnFailure();
        }
    }

    private unsafe void AddThreadState(CallBatch batch, ThreadState thread, bool isLeader)
    {
        ulong name = batch.Put([.. Encoding.Latin1.GetBytes(thread.Name), 0]);
        batch.Require("prctl(PR_SET_NAME)", SystemCall.ProcessControl, Prctl.SetName, name);
        if (isLeader && thread.ClearChildThreadId != 0)
            batch.Require("set_tid_address", SystemCall.SetThreadIdAddress, thread.ClearChildThreadId);
        if ((thread.AlternateStack.Flags & Disabled) == 0 && thread.AlternateStack.Address != 0)
        {
            ulong stack = batch.Put(new SignalStack
            {
                Address = thread.AlternateStack.Address,
                Flags = thread.AlternateStack.Flags & ~OnStack,
                LengthBytes = thread.AlternateStack.LengthBytes,
            });
            batch.Require("sigaltstack", SystemCall.SignalAlternateStack, stack, 0);
        }
        if (thread.RobustList.Head != 0)
        {
            batch.Require(
                "set_robust_list", SystemCall.SetRobustList, thread.RobustList.Head, thread.RobustList.LengthBytes);
        }
        if (thread.Rseq.Address != 0)
        {
            batch.Require(
                "rseq", SystemCall.Rseq, thread.Rseq.Address, thread.Rseq.LengthBytes, 0, thread.Rseq.Signature);
        }
        if (init.Processors.Translate(thread.Affinity, state.Processors) is { } mask)
            batch.Require("sched_setaffinity", SystemCall.SetAffinity, 0, (ulong)mask.Length, batch.Put(mask));
        Confinement.AddCapabilityDrop(batch);
    }

    /// <summary>Only the receiver itself may claim that a signal came from the kernel or from kill(2).</summary>
    private void QueuePending(Tracee[] threads)
    {
        int processId = Threads[0].ThreadId;
        for (int i = 0; i < threads.Length; i++)
        {
            CallBatch batch = new();
            int threadId = Threads[i].ThreadId;
            foreach (byte[] information in Threads[i].PendingSignals)
                batch = Queue(threads[i], batch, SystemCall.ThreadSignalQueueInfo, processId, threadId, information);
            if (i == 0)
            {
                foreach (byte[] information in state.PendingSignals)
                    batch = Queue(leader, batch, SystemCall.SignalQueueInfo, processId, 0, information);
            }
            if (!batch.IsEmpty)
                Injector.RunChecked(threads[i], memory, batch);
        }
    }

    private CallBatch Queue(Tracee thread, CallBatch batch, int call, int processId, int threadId, byte[] information)
    {
        int signal = BinaryPrimitives.ReadInt32LittleEndian(information);
        // Injections end by SIGTRAP; one of the component's own would be taken for that.
        if (signal == Signals.Trap)
            return batch;
        if (!batch.HasRoomFor(information.Length))
        {
            Injector.RunChecked(thread, memory, batch);
            batch = new CallBatch();
        }
        ulong content = batch.Put(information);
        if (call == SystemCall.SignalQueueInfo)
            batch.Require("rt_sigqueueinfo", call, (ulong)processId, (ulong)signal, content);
        else
            batch.Require("rt_tgsigqueueinfo", call, (ulong)processId, (ulong)threadId, (ulong)signal, content);
        return batch;
    }

    private static void SetRegisters(Tracee thread, ThreadState recorded)
    {
        UserRegisters registers = MemoryMarshal.Read<UserRegisters>(recorded.GeneralRegisters);
        registers.OriginalRax = ulong.MaxValue;
        thread.SetExtendedState(recorded.ExtendedState);
        thread.SetRegisters(registers);
        thread.SetSignalMask(recorded.SignalMask);
    }
}
