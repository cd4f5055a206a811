using System.Runtime.InteropServices;
using System.Text;
using Drover.Linux.Memory;
using Drover.Linux.Native;
using Drover.Linux.Stub;
using Drover.Linux.Tracing;
using Drover.Platform.State;
using ThreadState = Drover.Platform.State.ThreadState;

namespace Drover.Linux.Processes;

/// <summary>Reads the state of one stopped thread. Used on the tracer thread only.</summary>
/// <remarks>What ptrace(2) does not give, the thread is asked for by injected calls; all threads at once.</remarks>
internal sealed unsafe class ThreadReader
{
    /// <summary>Room for the calls and what they write.</summary>
    public const int AreaBytes = 384;

    private const int NameBytes = 16;
    private const int ExtendedStateLimitBytes = 16384;

    private readonly StoppedThread _thread;
    private readonly CallBatch _batch;
    private readonly ulong _stack;
    private readonly ulong _clearAddress;
    private readonly ulong _name;
    private readonly int _idCall;

    /// <summary>Adds this thread's calls to a batch of its own at the given place.</summary>
    public ThreadReader(StoppedThread thread, ulong area, int areaBytes)
    {
        _thread = thread;
        _batch = new CallBatch(area, areaBytes);
        _stack = _batch.Reserve(sizeof(SignalStack));
        _clearAddress = _batch.Reserve(sizeof(ulong));
        _name = _batch.Reserve(NameBytes);
        _batch.Require("sigaltstack", SystemCall.SignalAlternateStack, 0, _stack);
        _batch.Require("prctl", SystemCall.ProcessControl, Prctl.GetThreadIdAddress, _clearAddress);
        _batch.Require("prctl", SystemCall.ProcessControl, Prctl.GetName, _name);
        _idCall = _batch.Require("gettid", SystemCall.GetThreadId);
    }

    /// <summary>The batch, for calls on the whole process that one thread makes for all.</summary>
    public CallBatch Batch => _batch;

    public void Begin(ProcessMemory memory)
    {
        _thread.BeginInjection();
        Injector.Begin(_thread.Tracee, memory, _batch);
    }

    public void Finish(ProcessMemory memory)
    {
        Injector.Finish(_thread.Tracee, memory, _batch);
        _batch.ThrowOnFailure();
    }

    /// <summary>What the thread is about to be told, given the process's pending signals and its handlers.</summary>
    public ThreadState ToState(
        UserRegisters turned, int blockedCall, long? waited, IReadOnlyList<byte[]> pending, RseqConfiguration rseq)
    {
        byte[] extended = new byte[ExtendedStateLimitBytes];
        int extendedBytes = _thread.Tracee.GetExtendedState(extended);
        SignalStack stack = _batch.At<SignalStack>(_stack);
        return new ThreadState
        {
            ThreadId = (int)_batch.Result(_idCall),
            HostThreadId = _thread.Tracee.ThreadId,
            Name = Name(),
            GeneralRegisters = MemoryMarshal.AsBytes(new ReadOnlySpan<UserRegisters>(in turned)).ToArray(),
            ExtendedState = extended[..extendedBytes],
            SignalMask = _thread.SignalMask,
            AlternateStack = new SignalStackState(stack.Address, stack.LengthBytes, stack.Flags),
            RobustList = RobustList(),
            Rseq = new RseqState(rseq.Address, rseq.LengthBytes, rseq.Signature, rseq.Flags),
            ClearChildThreadId = _batch.At<ulong>(_clearAddress),
            Affinity = ProcessorSet.MaskOfThread(_thread.Tracee.ThreadId),
            PendingSignals = pending,
            BlockedCall = blockedCall,
            WaitedNanoseconds = waited,
        };
    }

    private string Name()
    {
        ReadOnlySpan<byte> name = _batch.At(_name, NameBytes);
        int end = name.IndexOf((byte)0);
        // Any byte can stand in a thread's name; Latin-1 keeps each.
        return Encoding.Latin1.GetString(end < 0 ? name : name[..end]);
    }

    private RobustListState RobustList()
    {
        ulong head = 0;
        ulong lengthBytes = 0;
        nint result = Libc.Call(
            SystemCall.GetRobustList, _thread.Tracee.ThreadId, (nint)(&head), (nint)(&lengthBytes), 0, 0);
        LinuxException.Check(result, "get_robust_list");
        return new RobustListState(head, lengthBytes);
    }
}
