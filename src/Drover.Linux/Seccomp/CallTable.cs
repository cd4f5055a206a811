using static Drover.Linux.Seccomp.CallNumber;

namespace Drover.Linux.Seccomp;

/// <summary>
/// Which system calls a component has: carried out by the kernel, trapped, or refused. What is not listed is refused.
/// </summary>
internal static partial class CallTable
{
    /// <summary>One more than the highest number that is a refused call of the kernel rather than an unknown one.</summary>
    public const int KnownNumbers = mseal + 1;

    private const ushort EPERM = 1;
    private const ushort EACCES = 13;
    private const ushort EINVAL = 22;
    private const ushort ENOTTY = 25;
    private const ushort EROFS = 30;
    private const ushort ENOSYS = 38;
    private const ushort EOPNOTSUPP = 95;
    private const ushort EAFNOSUPPORT = 97;

    /// <summary>The rules of all listed calls.</summary>
    /// <param name="leader">Thread-group id of the component inside its PID namespace.</param>
    /// <param name="stubEnd">First address behind the stub page; nothing below it is the component's.</param>
    /// <param name="trapsMoves">True if mremap(2) is trapped.</param>
    public static SortedDictionary<int, CallRule> Build(IReadOnlyList<int> privateCalls, uint leader, uint stubEnd, bool trapsMoves)
    {
        SortedDictionary<int, CallRule> table = [];
        AddConstant(table);
        AddMemory(table, stubEnd, trapsMoves);
        AddThreadsAndSignals(table, leader);
        AddDescriptors(table);
        AddWaits(table);
        foreach (int number in privateCalls)
        {
            if (number < KnownNumbers)
                throw new ArgumentException($"{number} is a system call of the kernel.", nameof(privateCalls));
            table[number] = CallRule.Always(Verdict.Trap);
        }
        return table;
    }

    /// <summary>What becomes of a number that <see cref="Build"/> does not list.</summary>
    public static Verdict Unlisted(int number) =>
        number is >= 0 and < KnownNumbers and not (> rseq and < pidfd_send_signal)
            ? Verdict.Refuse(EPERM)
            : Verdict.Refuse(ENOSYS);

    private static void AddConstant(SortedDictionary<int, CallRule> table)
    {
        Add(table, Verdict.Native,
            // Time, identity and limits: they reveal no more than the component's own namespaces.
            clock_gettime, clock_getres, gettimeofday, time, times, getrusage,
            getpid, gettid, getppid, getuid, geteuid, getgid, getegid, getresuid, getresgid, getgroups, getpgrp,
            getpgid, getsid, capget, getrlimit, getpriority, getcpu, get_mempolicy, umask, getrandom,
            sched_yield, sched_getaffinity, sched_getscheduler, sched_getparam, sched_get_priority_max,
            sched_get_priority_min, sched_rr_get_interval,
            // Threads. All forms of futex(2) act on the component's own memory.
            futex_waitv, futex_wake, futex_wait, futex_requeue, set_robust_list, rseq, set_tid_address,
            membarrier, restart_syscall, pause,
            rt_sigaction, rt_sigprocmask, rt_sigreturn, rt_sigpending, rt_sigsuspend, sigaltstack,
            wait4, waitid,
            // Reading and waiting on descriptors that core handed out or the component made.
            read, readv, pread64, preadv, lseek, close, ppoll, select, pselect6,
            epoll_create, epoll_create1, epoll_ctl, pwrite64, pwritev,
            pipe, eventfd, fstatfs);
        Add(table, Verdict.Trap,
            open, openat, stat, lstat, fstat, newfstatat, access, faccessat, faccessat2,
            readlink, readlinkat, getcwd, getdents64, statfs, uname, sysinfo, exit, exit_group, tkill);
        // Locks and advice on files that the whole node reads: another reader must not feel them.
        Add(table, Verdict.Pretend, flock, fadvise64, readahead, fsync, fdatasync);
        Add(table, Verdict.Refuse(EROFS),
            creat, truncate, rename, renameat, renameat2, mkdir, mkdirat, rmdir, link, linkat, unlink, unlinkat,
            symlink, symlinkat, chmod, fchmodat, fchmodat2, chown, lchown, fchownat, utime, utimes, futimesat,
            utimensat, mknod, mknodat);
        Add(table, Verdict.Refuse(EOPNOTSUPP),
            getxattr, lgetxattr, fgetxattr, listxattr, llistxattr, flistxattr, preadv2, pwritev2);
        Add(table, Verdict.Refuse(EACCES), execve, execveat, setpriority);
        // Kernels without the call answer so, and libraries know another way.
        Add(table, Verdict.Refuse(ENOSYS),
            clone3, io_uring_setup, io_uring_enter, io_uring_register, pidfd_open, map_shadow_stack, getdents,
            cachestat, statx, openat2);
        Add(table, Verdict.Refuse(EINVAL),
            sendfile, splice, tee, copy_file_range, vmsplice, sync_file_range);
        Add(table, Verdict.Refuse(EAFNOSUPPORT), socket, socketpair);
    }

    private static void Add(SortedDictionary<int, CallRule> table, Verdict verdict, params ReadOnlySpan<int> numbers)
    {
        foreach (int number in numbers)
            table.Add(number, CallRule.Always(verdict));
    }
}
