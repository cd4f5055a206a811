using static Drover.Linux.Seccomp.CallNumber;

namespace Drover.Linux.Seccomp;

// Threads yes, processes no. The PID namespace also holds its init and, for a while, snapshots, under the same user:
// whatever names a process may name the component's own only.
internal static partial class CallTable
{
    private const uint ThreadFlags = 0x00010f00; // CLONE_VM | FS | FILES | SIGHAND | THREAD

    // CLONE_SYSVSEM | SETTLS | PARENT_SETTID | CHILD_CLEARTID | DETACHED (ignored) | CHILD_SETTID
    private const uint HarmlessFlags = 0x00040000 | 0x00080000 | 0x00100000 | 0x00200000 | 0x00400000 | 0x01000000;

    private static void AddThreadsAndSignals(SortedDictionary<int, CallRule> table, uint leader)
    {
        table.Add(clone, CallRule.Else(Verdict.Refuse(EPERM))
            .If(Verdict.Refuse(EPERM), ArgumentTest.UpperSet(0))
            .If(Verdict.Native, ArgumentTest.MaskedIs(0, ~HarmlessFlags, ThreadFlags)));
        AddSignal(table, kill, leader, signalArgument: 1);
        AddSignal(table, tgkill, leader, signalArgument: 2);
        AddSignal(table, rt_sigqueueinfo, leader, signalArgument: 1);
        AddSignal(table, rt_tgsigqueueinfo, leader, signalArgument: 2);
        table.Add(sched_setaffinity, CallRule.Else(Verdict.Trap).IfOneOf(Verdict.Native, 0, 0, leader));
        // pthread_create sets the policy it inherited; SCHED_OTHER is what all have.
        table.Add(sched_setscheduler, CallRule.Else(Verdict.Refuse(EPERM)).If(Verdict.Pretend, ArgumentTest.Is(1, 0)));
        table.Add(get_robust_list, CallRule.Else(Verdict.Refuse(EPERM)).If(Verdict.Native, ArgumentTest.Is(0, 0)));
        table.Add(personality,
            CallRule.Else(Verdict.Refuse(EPERM)).If(Verdict.Native, ArgumentTest.Is(0, 0xffffffff)));
        AddLimits(table, leader);
        AddProcessControl(table);
    }

    private static void AddSignal(SortedDictionary<int, CallRule> table, int number, uint leader, int signalArgument)
    {
        // SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU: nobody is there to continue the component.
        CallRule rule = CallRule.Else(Verdict.Refuse(EPERM)).IfOneOf(Verdict.Refuse(EPERM), signalArgument, 19, 20, 21, 22);
        table.Add(number, rule.If(Verdict.Native, ArgumentTest.Is(0, leader)));
    }

    private static void AddLimits(SortedDictionary<int, CallRule> table, uint leader)
    {
        // Settable: RLIMIT_STACK (3), RLIMIT_CORE (4), RLIMIT_NOFILE (7), up to their hard limits.
        table.Add(setrlimit, CallRule.Else(Verdict.Refuse(EPERM)).IfOneOf(Verdict.Native, 0, 3, 4, 7));
        CallRule rule = CallRule.Else(Verdict.Refuse(EPERM));
        foreach (uint self in (ReadOnlySpan<uint>)[0, leader])
        {
            rule.If(Verdict.Native, ArgumentTest.Is(0, self), ArgumentTest.WholeBelow(2, 1));
            foreach (uint resource in (ReadOnlySpan<uint>)[3, 4, 7])
                rule.If(Verdict.Native, ArgumentTest.Is(0, self), ArgumentTest.Is(1, resource));
        }
        table.Add(prlimit64, rule);
    }

    private static void AddProcessControl(SortedDictionary<int, CallRule> table)
    {
        // PR_GET_PDEATHSIG, PR_GET_DUMPABLE, PR_SET_NAME, PR_GET_NAME, PR_GET_SECCOMP, PR_CAPBSET_READ,
        // PR_GET_TIMERSLACK, PR_SET_NO_NEW_PRIVS, PR_GET_NO_NEW_PRIVS, PR_GET_TID_ADDRESS, PR_GET_THP_DISABLE.
        // Missing on purpose: what would reach injected calls (PR_SET_SYSCALL_USER_DISPATCH, PR_SET_SECCOMP,
        // PR_SET_MDWE) or close the process to its supervisor (PR_SET_DUMPABLE).
        table.Add(prctl, CallRule.Else(Verdict.Refuse(EINVAL))
            .IfOneOf(Verdict.Native, 0, 2, 3, 15, 16, 21, 23, 30, 38, 39, 40, 42));
        // ARCH_SET_GS, ARCH_SET_FS, ARCH_GET_FS, ARCH_GET_GS.
        table.Add(arch_prctl, CallRule.Else(Verdict.Refuse(EINVAL))
            .IfOneOf(Verdict.Native, 0, 0x1001, 0x1002, 0x1003, 0x1004));
    }
}
