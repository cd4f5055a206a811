using static Drover.Linux.Seccomp.CallNumber;

namespace Drover.Linux.Seccomp;

// A component's descriptors are what core handed out (read-only files, sealed memory), the null device, and what it
// made itself: pipes, eventfds, epoll instances.
internal static partial class CallTable
{
    private const uint O_NONBLOCK = 0x800;
    private const uint O_CLOEXEC = 0x80000;
    private const uint O_DIRECT = 0x4000;
    private const uint SetStatusFlags = 4;
    private const uint F_DUPFD = 0;
    private const uint F_DUPFD_CLOEXEC = 1030;
    private const uint CLOSE_RANGE_CLOEXEC = 4;

    private static void AddDescriptors(SortedDictionary<int, CallRule> table)
    {
        Add(table, Verdict.Native, dup2, dup3);
        foreach (int number in (ReadOnlySpan<int>)[write, writev, dup])
            table.Add(number, ForConsole(CallRule.Else(Verdict.Native), Verdict.Trap));
        // F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_GETPIPE_SZ, F_GET_SEALS. Locks (F_SETLK and its kin) are pretended as
        // flock is. Owners and signals (F_SETOWN, F_SETSIG, F_NOTIFY, leases) would reach other processes.
        // O_DIRECT would let a device write into pages behind the back of the write tracking.
        CallRule control = CallRule.Else(Verdict.Refuse(EINVAL))
            .If(Verdict.Refuse(EINVAL), ArgumentTest.Is(1, SetStatusFlags), ArgumentTest.HasAny(2, O_DIRECT))
            .IfOneOf(Verdict.Native, 1, 1, 2, 3, 4, 1032, 1034);
        foreach (uint command in (ReadOnlySpan<uint>)[F_DUPFD, F_DUPFD_CLOEXEC])
        {
            ForConsole(control, Verdict.Trap, ArgumentTest.Is(1, command));
            control.If(Verdict.Native, ArgumentTest.Is(1, command));
        }
        table.Add(fcntl, control.IfOneOf(Verdict.Pretend, 1, 6, 7, 37, 38));
        // TCGETS, TIOCGWINSZ, FIONREAD, FIONBIO, FIONCLEX, FIOCLEX, TCGETS2.
        table.Add(ioctl, CallRule.Else(Verdict.Refuse(ENOTTY))
            .IfOneOf(Verdict.Native, 1, 0x5401, 0x5413, 0x541b, 0x5421, 0x5450, 0x5451, 0x802c542a));
        // Other flags make packet pipes, notification pipes and semaphores, which an image does not hold.
        foreach (int number in (ReadOnlySpan<int>)[pipe2, eventfd2])
            table.Add(number, CallRule.Else(Verdict.Native)
                .If(Verdict.Refuse(EINVAL), ArgumentTest.HasAny(1, ~(O_NONBLOCK | O_CLOEXEC))));
        // CLOSE_RANGE_UNSHARE would give a thread a descriptor table of its own.
        table.Add(close_range, CallRule.Else(Verdict.Native)
            .If(Verdict.Refuse(EINVAL), ArgumentTest.HasAny(2, ~CLOSE_RANGE_CLOEXEC)));
    }

    private static CallRule ForConsole(CallRule rule, Verdict verdict, params ArgumentTest[] others) => rule
        .If(verdict, [ArgumentTest.Is(0, ConsoleDescriptors.Output), .. others])
        .If(verdict, [ArgumentTest.Is(0, ConsoleDescriptors.Error), .. others])
        .If(verdict, [ArgumentTest.MaskedIs(0, ConsoleDescriptors.RangeMask, ConsoleDescriptors.FirstCopy), .. others]);
}
