namespace Drover.Platform.Traps;

/// <summary>A system call that a component issued and that waits for an answer.</summary>
/// <param name="Id">Names the call at its <see cref="ITrapPort"/>; invalid once the thread was interrupted.</param>
/// <param name="HostThreadId">Thread id on this node.</param>
/// <param name="Number">System-call number.</param>
public readonly record struct TrappedCall(
    ulong Id,
    int HostThreadId,
    int Number,
    ulong InstructionPointer,
    ulong Argument0,
    ulong Argument1,
    ulong Argument2,
    ulong Argument3,
    ulong Argument4,
    ulong Argument5);
