using static Drover.Linux.Seccomp.CallNumber;

namespace Drover.Linux.Seccomp;

// Waits whose relative timeout would begin anew when the call is issued again (Drover.Linux.Waits). They are trapped to
// be noted and are then carried out. Other timeouts are absolute, or the kernel writes what is left where the caller asked for it.
internal static partial class CallTable
{
    /// <summary>A shorter wait may begin anew: that is less than being moved takes, and not worth a trap.</summary>
    private const uint ShortWaitMilliseconds = 10;

    private const uint Negative = 0x80000000;
    private const uint FutexOperation = 0x7f; // the rest are FUTEX_PRIVATE_FLAG and FUTEX_CLOCK_REALTIME; FUTEX_WAIT is 0
    private const uint TIMER_ABSTIME = 1;

    private static void AddWaits(SortedDictionary<int, CallRule> table)
    {
        foreach ((int number, int timeout) in (ReadOnlySpan<(int, int)>)[(poll, 2), (epoll_wait, 3), (epoll_pwait, 3)])
        {
            table.Add(number, CallRule.Else(Verdict.Native).If(
                Verdict.Trap, ArgumentTest.AtLeast(timeout, ShortWaitMilliseconds), ArgumentTest.MaskedIs(timeout, Negative, 0)));
        }
        foreach ((int number, int timeout) in (ReadOnlySpan<(int, int)>)[(rt_sigtimedwait, 2), (epoll_pwait2, 3)])
            table.Add(number, CallRule.Else(Verdict.Trap).If(Verdict.Native, IsNull(timeout)));
        table.Add(futex, CallRule.Else(Verdict.Trap)
            .If(Verdict.Native, ArgumentTest.HasAny(1, FutexOperation))
            .If(Verdict.Native, IsNull(3)));
        // Who asks what is left is told at the stop.
        table.Add(nanosleep, CallRule.Else(Verdict.Native).If(Verdict.Trap, IsNull(1)));
        table.Add(clock_nanosleep, CallRule.Else(Verdict.Native).If(
            Verdict.Trap, IsNull(3), ArgumentTest.MaskedIs(1, TIMER_ABSTIME, 0)));
    }

    private static ArgumentTest IsNull(int argument) => ArgumentTest.WholeBelow(argument, 1);
}
