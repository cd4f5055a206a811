using Drover.Linux.Memory;
using Drover.Linux.Native;
using Drover.Linux.Tracing;
using Drover.Linux.Userfault;
using Drover.Linux.Waits;

namespace Drover.Linux.Processes;

/// <summary>A process that is complete and has not run: its leader is stopped with the registers and the mask that it
/// starts with, and so are <see cref="OtherThreads"/>.</summary>
internal sealed record ProcessParts(
    NamespaceInit Init,
    Tracee Leader,
    int NamespaceId,
    ProcessMemory Memory,
    SafeFileDescriptor Listener,
    ClockOffsets Clocks)
{
    public required UserfaultDescriptor Userfault { get; init; }

    /// <summary>Shares the memory, and keeps the right to be copied.</summary>
    public required KeptProcess Anchor { get; init; }

    /// <summary>Brings memory that is not there yet; null if all of it is.</summary>
    public LazyFill? Fill { get; init; }

    public IReadOnlyList<Tracee> OtherThreads { get; init; } = [];

    /// <summary>Waits that threads go on with: the thread's id on this node, and when the wait began on the machine's
    /// CLOCK_MONOTONIC, which may be before the machine was switched on.</summary>
    public IReadOnlyList<(int ThreadId, TimedWait Wait, long BeganNanoseconds)> Waits { get; init; } = [];

    /// <summary>What the component's clocks showed when it was recorded; null if it was not rebuilt.</summary>
    public ClockReading? RecordedAt { get; init; }
}
