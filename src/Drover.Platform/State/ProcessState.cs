namespace Drover.Platform.State;

/// <summary>One entry of the signal disposition table (rt_sigaction(2)).</summary>
public readonly record struct SignalActionState(int Signal, ulong Handler, ulong Flags, ulong Restorer, ulong Mask);

/// <summary>The addresses that PR_SET_MM_MAP sets (prctl(2)).</summary>
public sealed record MemoryLayoutState(
    ulong StartCode,
    ulong EndCode,
    ulong StartData,
    ulong EndData,
    ulong StartBrk,
    ulong Brk,
    ulong StartStack,
    ulong ArgStart,
    ulong ArgEnd,
    ulong EnvStart,
    ulong EnvEnd,
    byte[] AuxiliaryVector);

/// <summary>Everything of a stopped process but the content of its memory.</summary>
public sealed record ProcessState
{
    /// <summary>The leader comes first.</summary>
    public required IReadOnlyList<ThreadState> Threads { get; init; }

    /// <summary>Ascending by address; the stub's page is not among them.</summary>
    public required IReadOnlyList<MappingState> Mappings { get; init; }

    public required MemoryLayoutState Layout { get; init; }

    /// <summary>Entries that differ from the default.</summary>
    public required IReadOnlyList<SignalActionState> SignalActions { get; init; }

    public required IReadOnlyList<DescriptorState> Descriptors { get; init; }

    /// <summary>siginfo_t of signals pending for the whole process, 128 bytes each, oldest first.</summary>
    public IReadOnlyList<byte[]> PendingSignals { get; init; } = [];

    /// <summary>Command bits of MEMBARRIER_CMD_REGISTER_* in force.</summary>
    public int MembarrierRegistrations { get; init; }

    /// <summary>CLOCK_MONOTONIC of the component at the stop, in nanoseconds.</summary>
    public required long MonotonicNanoseconds { get; init; }

    /// <summary>CLOCK_BOOTTIME of the component at the stop, in nanoseconds.</summary>
    public required long BoottimeNanoseconds { get; init; }

    /// <summary>Next id the namespace would give (ns_last_pid + 1).</summary>
    public int NextThreadId { get; init; }

    /// <summary>umask(2).</summary>
    public int FileModeMask { get; init; }

    /// <summary>Soft and hard limits by RLIMIT_* number.</summary>
    public IReadOnlyList<ResourceLimitState> ResourceLimits { get; init; } = [];

    /// <summary>The CPUs of the node that components could run on, as a mask like the threads': one that has all of them says
    /// "anywhere". Null if that was not recorded.</summary>
    public byte[]? Processors { get; init; }
}

/// <summary>One resource limit (prlimit(2)).</summary>
public readonly record struct ResourceLimitState(int Resource, ulong Soft, ulong Hard);
