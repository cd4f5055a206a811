using System.Runtime.InteropServices;
using Drover.Linux.Memory;
using Drover.Linux.Native;
using Drover.Linux.Stub;
using Drover.Linux.Tracing;
using Drover.Linux.Waits;
using Drover.Platform.State;
using ThreadState = Drover.Platform.State.ThreadState;

namespace Drover.Linux.Processes;

/// <summary>Reads the state of a stopped process. Used on the tracer thread only.</summary>
internal sealed class ProcessReader(
    ProcessParts parts,
    IReadOnlyList<StoppedThread> threads,
    Func<IReadOnlyList<MapsEntry>> maps,
    ClockReading stoppedAt,
    RestartedCalls restarted,
    TimedWaits waits,
    FileIdentities files)
{
    private const int MembarrierGetRegistrations = 1 << 9;
    private const int LeaderAreaBytes = 16384;
    private const int AtOnce = (StubLayout.DataBytes - LeaderAreaBytes) / ThreadReader.AreaBytes;

    private int ProcessId => parts.Leader.ThreadId;

    public ProcessState Read(Func<string, SafeHandle, FileIdentity> identify)
    {
        if (threads[0].Tracee.ThreadId != ProcessId)
            throw new NotKeepableException("its first thread, which has exited while others go on");
        files.BeginReading();
        restarted.Keep(threads.Select(thread => thread.Tracee.ThreadId).ToHashSet());

        LeaderAnswers leader = Ask(out ThreadReader[] readers);
        List<byte[]> sharedPending = threads[0].Tracee.PeekPending(shared: true);
        ThreadState[] states = new ThreadState[threads.Count];
        for (int i = 0; i < states.Length; i++)
            states[i] = ReadThread(threads[i], readers[i], leader.Actions, sharedPending);
        return new ProcessState
        {
            Threads = states,
            Mappings = MappingReader.Read(maps(), files, identify),
            Layout = ProcessStatus.Layout(ProcessId, leader.Brk),
            SignalActions = leader.Actions.ToState(),
            Descriptors = new DescriptorReader(ProcessId, files, identify).Read(numbers => DescriptorProbe.Ask(threads[0].Tracee, parts.Memory, numbers)),
            PendingSignals = sharedPending,
            MembarrierRegistrations = leader.Membarrier,
            MonotonicNanoseconds = stoppedAt.MonotonicNanoseconds + parts.Clocks.MonotonicNanoseconds,
            BoottimeNanoseconds = stoppedAt.BoottimeNanoseconds + parts.Clocks.BoottimeNanoseconds,
            NextThreadId = parts.Init.ReadLastId() + 1,
            FileModeMask = ProcessStatus.FileModeMask(ProcessId),
            ResourceLimits = ProcessStatus.Limits(ProcessId),
            Processors = parts.Init.Processors.Mask,
        };
    }

    /// <summary>Has all threads run their calls, as many at a time as the stub's pages have room for.</summary>
    private LeaderAnswers Ask(out ThreadReader[] readers)
    {
        readers = new ThreadReader[threads.Count];
        readers[0] = new ThreadReader(threads[0], StubLayout.DataAddress, LeaderAreaBytes);
        CallBatch batch = readers[0].Batch;
        ulong actions = SignalTable.AddReads(batch);
        int membarrier = batch.Add(SystemCall.Membarrier, MembarrierGetRegistrations);
        int brk = batch.Add(SystemCall.Break, 0);
        readers[0].Begin(parts.Memory);
        for (int first = 1; first < threads.Count; first += AtOnce)
        {
            int behind = Math.Min(first + AtOnce, threads.Count);
            for (int i = first; i < behind; i++)
            {
                ulong area = StubLayout.DataAddress + LeaderAreaBytes + (ulong)((i - first) * ThreadReader.AreaBytes);
                readers[i] = new ThreadReader(threads[i], area, ThreadReader.AreaBytes);
                readers[i].Begin(parts.Memory);
            }
            for (int i = first; i < behind; i++)
                readers[i].Finish(parts.Memory);
        }
        readers[0].Finish(parts.Memory);
        return new LeaderAnswers(
            SignalTable.From(batch, actions), (int)Math.Max(0, batch.Result(membarrier)), (ulong)batch.Result(brk));
    }

    private ThreadState ReadThread(
        StoppedThread thread, ThreadReader reader, SignalTable actions, List<byte[]> sharedPending)
    {
        UserRegisters stopped = thread.Registers;
        List<byte[]> pending = thread.Tracee.PeekPending(shared: false);
        RseqConfiguration rseq = thread.Tracee.GetRseq();
        CallTurn.Delivery delivery = actions.DeliveryOf(pending.Concat(sharedPending), thread.SignalMask);
        NotedWait? wait = waits.Find(thread.Tracee.ThreadId, stopped);
        int call = wait?.Wait.Call ?? restarted.Find(thread.Tracee.ThreadId, stopped);
        if (CallTurn.IsRestartBlock(stopped))
            restarted.Note(thread.Tracee.ThreadId, stopped);

        UserRegisters turned = stopped;
        int blockedCall = CallTurn.ForNewProcess(ref turned, call, delivery, thread.WasCutShort);
        ulong abort = RseqSection.AbortAddress(rseq, stopped, parts.Memory);
        if (abort != 0)
        {
            turned.Rip = abort;
            thread.GoOnAt(abort);
        }
        bool goesOn = wait is not null && turned.Rax == (ulong)call;
        long? waited = goesOn ? Math.Max(0, stoppedAt.MonotonicNanoseconds - wait!.BeganNanoseconds) : null;
        return reader.ToState(turned, blockedCall, waited, pending, rseq);
    }

    private sealed record LeaderAnswers(SignalTable Actions, int Membarrier, ulong Brk);
}
