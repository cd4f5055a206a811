using Drover.Linux.Native;

namespace Drover.Linux.Processes;

/// <summary>Turns the registers of a thread that was stopped in a system call so that it issues the call again, as the
/// kernel would have (arch_do_signal_or_restart of arch/x86/kernel/signal.c).</summary>
internal static class CallTurn
{
    private const long Interrupted = -Errno.EINTR;
    private const long RestartSystem = -512;
    private const long RestartNoInterrupt = -513;
    private const long RestartNoHandler = -514;
    private const long RestartBlock = -516;

    private const ulong SyscallInstructionBytes = 2;
    private const ulong AbsoluteTime = 1;
    private const ulong NotInCall = ulong.MaxValue;

    /// <summary>What a signal that is about to be delivered means for a call that it interrupts.</summary>
    public enum Delivery
    {
        None,
        HandlerThatRestarts,
        HandlerThatInterrupts,
    }

    /// <summary>True if the thread was stopped in a call that the kernel continues by restart_syscall(2).</summary>
    public static bool IsRestartBlock(in UserRegisters registers) =>
        registers.OriginalRax != NotInCall && (long)registers.Rax == RestartBlock;

    /// <summary>True for a call that failed with EINTR and that the kernel never restarts: if no signal is there for
    /// the thread, the stop itself made it fail.</summary>
    public static bool FailedWithInterruption(in UserRegisters registers) =>
        (long)registers.Rax == Interrupted
        && registers.OriginalRax is SystemCall.EpollWait or SystemCall.EpollPwait or SystemCall.EpollPwait2
            or SystemCall.SignalTimedWait;

    /// <summary>Registers for a thread that goes on in a new process. Gives the number of the call, or -1.</summary>
    /// <param name="registers">As at the stop; changed.</param>
    /// <param name="originalCall">Number of the call, or -1 if a restarted one is not known.</param>
    /// <param name="delivery">What is about to be delivered to the thread.</param>
    /// <param name="wasCutShort">True if the stop itself made the call fail.</param>
    public static int ForNewProcess(
        ref UserRegisters registers, int originalCall, Delivery delivery, bool wasCutShort)
    {
        if (registers.OriginalRax == NotInCall)
            return -1;
        long result = (long)registers.Rax;
        bool again = wasCutShort || result switch
        {
            RestartNoInterrupt => true,
            RestartSystem => delivery != Delivery.HandlerThatInterrupts,
            RestartNoHandler or RestartBlock => delivery == Delivery.None,
            _ => false,
        };
        bool wasBlocked = again || result is RestartSystem or RestartNoInterrupt or RestartNoHandler or RestartBlock;
        registers.OriginalRax = NotInCall;
        if (!wasBlocked)
            return -1;
        if (!again || originalCall < 0)
        {
            registers.Rax = unchecked((ulong)Interrupted);
            return originalCall;
        }
        Reissue(ref registers, originalCall);
        if (result == RestartBlock)
            UseRemainingTime(ref registers, originalCall);
        return originalCall;
    }

    /// <summary>Has the call issued once more when the thread goes on.</summary>
    public static void Reissue(ref UserRegisters registers, int call)
    {
        registers.Rax = (ulong)call;
        registers.Rip -= SyscallInstructionBytes;
        registers.OriginalRax = NotInCall;
    }

    /// <summary>At the stop the kernel has written what was left into the buffer for it, if the caller gave one; the
    /// new call asks for that. (select, pselect and ppoll change the caller's own timeout in place. What is left of
    /// poll, epoll_wait and relative futex waits only the old kernel knows: they start over.)</summary>
    private static void UseRemainingTime(ref UserRegisters registers, int call)
    {
        if (call == SystemCall.NanoSleep && registers.Rsi != 0)
            registers.Rdi = registers.Rsi;
        else if (call == SystemCall.ClockNanoSleep && (registers.Rsi & AbsoluteTime) == 0 && registers.R10 != 0)
            registers.Rdx = registers.R10;
    }
}
