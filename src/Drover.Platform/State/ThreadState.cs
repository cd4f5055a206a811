namespace Drover.Platform.State;

/// <summary>An alternate signal stack (sigaltstack(2)).</summary>
public readonly record struct SignalStackState(ulong Address, ulong LengthBytes, int Flags);

/// <summary>A registered rseq area (rseq(2), PTRACE_GET_RSEQ_CONFIGURATION); Address 0 if there is none.</summary>
public readonly record struct RseqState(ulong Address, uint LengthBytes, uint Signature, uint Flags);

/// <summary>A robust futex list (get_robust_list(2)); Head 0 if there is none.</summary>
public readonly record struct RobustListState(ulong Head, ulong LengthBytes);

/// <summary>The Linux state of one stopped thread.</summary>
public sealed record ThreadState
{
    /// <summary>Thread id inside the component's PID namespace.</summary>
    public required int ThreadId { get; init; }

    /// <summary>Thread id on the node that read it; means nothing elsewhere.</summary>
    public int HostThreadId { get; init; }

    public required string Name { get; init; }

    /// <summary>struct user_regs_struct, little endian, as PTRACE_GETREGSET NT_PRSTATUS gives it, already turned so
    /// that a blocked call is issued again when the thread starts.</summary>
    public required byte[] GeneralRegisters { get; init; }

    /// <summary>The XSAVE area, as PTRACE_GETREGSET NT_X86_XSTATE gives it.</summary>
    public required byte[] ExtendedState { get; init; }

    public required ulong SignalMask { get; init; }

    public SignalStackState AlternateStack { get; init; }

    public RobustListState RobustList { get; init; }

    public RseqState Rseq { get; init; }

    /// <summary>Address that the kernel clears when the thread exits (set_tid_address(2)).</summary>
    public ulong ClearChildThreadId { get; init; }

    /// <summary>CPU mask as sched_getaffinity(2) gives it.</summary>
    public byte[] Affinity { get; init; } = [];

    /// <summary>siginfo_t of signals pending for this thread, 128 bytes each, oldest first.</summary>
    public IReadOnlyList<byte[]> PendingSignals { get; init; } = [];

    /// <summary>Number of the system call the thread was blocked in, or -1.</summary>
    public int BlockedCall { get; init; } = -1;

    /// <summary>How long it had been waiting in that call by CLOCK_MONOTONIC, if the call is issued again and its timeout would
    /// then count anew; else null.</summary>
    public long? WaitedNanoseconds { get; init; }
}
