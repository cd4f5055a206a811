using System.Runtime.InteropServices;
using Drover.Linux.Native;
using Drover.Linux.Seccomp;

namespace Drover.Linux.Waits;

/// <summary>A system call that waits with a relative timeout: number and argument registers.</summary>
internal readonly record struct TimedWait(int Call, ulong Argument0, ulong Argument1, ulong Argument2, ulong Argument3, ulong Argument4, ulong Argument5)
{
    private const long NanosecondsPerSecond = 1_000_000_000;
    private const long NanosecondsPerMillisecond = 1_000_000;

    /// <summary>The call that the kernel traps.</summary>
    public static TimedWait Of(in SeccompData data) => new(
        data.Number, data.Argument0, data.Argument1, data.Argument2, data.Argument3, data.Argument4, data.Argument5);

    /// <summary>The call that a stopped thread is in.</summary>
    /// <param name="call">Its number, which the registers of a restarted call do not tell.</param>
    /// <param name="registers">As at the stop.</param>
    public static TimedWait Of(int call, in UserRegisters registers) => new(
        call, registers.Rdi, registers.Rsi, registers.Rdx, registers.R10, registers.R8, registers.R9);

    /// <summary>True for the calls that the filter traps for the sake of their timeouts.</summary>
    public static bool IsOne(long call) => call is CallNumber.poll or CallNumber.epoll_wait or CallNumber.epoll_pwait or CallNumber.epoll_pwait2
        or CallNumber.futex or CallNumber.rt_sigtimedwait or CallNumber.nanosleep or CallNumber.clock_nanosleep;

    /// <summary>What the call gives when its time is over.</summary>
    public long ResultAtTimeout => Call switch
    {
        CallNumber.futex => -Errno.ETIMEDOUT,
        CallNumber.rt_sigtimedwait => -Errno.EAGAIN,
        _ => 0,
    };

    /// <summary>How long it waits in all, or null if that cannot be told: then the kernel refuses the call.</summary>
    /// <param name="read">Reads the caller's memory, from which the kernel takes some of the timeouts. What stands there decides
    /// nothing but how long the caller itself waits.</param>
    public long? TimeoutNanoseconds(ReadMemory read) => Call switch
    {
        CallNumber.poll => Milliseconds(Argument2),
        CallNumber.epoll_wait or CallNumber.epoll_pwait => Milliseconds(Argument3),
        CallNumber.futex or CallNumber.epoll_pwait2 => Specification(Argument3, read),
        CallNumber.rt_sigtimedwait => Specification(Argument2, read),
        CallNumber.nanosleep => Specification(Argument0, read),
        CallNumber.clock_nanosleep => Specification(Argument2, read),
        _ => null,
    };

    private static long? Milliseconds(ulong argument) =>
        (int)argument >= 0 ? (int)argument * NanosecondsPerMillisecond : null;

    private static long? Specification(ulong address, ReadMemory read)
    {
        TimeSpecification time = default;
        if (!read(address, MemoryMarshal.AsBytes(new Span<TimeSpecification>(ref time))))
            return null;
        bool isValid = time.Nanoseconds is >= 0 and < NanosecondsPerSecond && time.Seconds is >= 0 and < long.MaxValue / NanosecondsPerSecond / 2;
        return isValid ? (time.Seconds * NanosecondsPerSecond) + time.Nanoseconds : null;
    }
}

/// <summary>Reads memory of a component; false if it is not there.</summary>
internal delegate bool ReadMemory(ulong address, Span<byte> destination);
