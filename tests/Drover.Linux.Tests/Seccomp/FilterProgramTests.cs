using Drover.Linux.Seccomp;
using Xunit;
using static Drover.Linux.Seccomp.CallNumber;

namespace Drover.Linux.Tests.Seccomp;

public sealed class FilterProgramTests
{
    private const uint X86_64 = 0xc000003e;
    private const uint I386 = 0x40000003;
    private const ulong StubStart = 0x10000;
    private const ulong StubEnd = 0x11000;
    private const ulong Elsewhere = 0x7f00_1234_5678;
    private const uint Native = 0x7fff0000;
    private const uint Trap = 0x7fc00000;
    private const uint Kill = 0x80000000;
    private const uint EPERM = 1, EACCES = 13, EINVAL = 22, ENOTTY = 25, EROFS = 30, ENOSYS = 38, EOPNOTSUPP = 95, EAFNOSUPPORT = 97;
    private const uint Pretend = Refused;
    private const uint Refused = 0x00050000;
    private const int Leader = 2;

    private static readonly int[] PrivateCalls = [3328, 3329, 3330, 3331];
    private static readonly byte[] Program = FilterProgram.Build(PrivateCalls, StubStart, StubEnd, Leader);

    private readonly BpfMachine _machine = new(Program);

    // What each number becomes with all arguments zero, as runs of numbers: everything not named here is refused with
    // EPERM up to 334 and from 424 to 462, and unknown (ENOSYS) beyond.
    private static readonly Dictionary<uint, int[]> Expected = new()
    {
        [Native] =
        [
            read, write, close, poll, lseek, brk, rt_sigaction, rt_sigprocmask, rt_sigreturn,
            pread64, pwrite64, readv, writev, select, sched_yield, mincore, dup, dup2, pause, getpid,
            fcntl, wait4, umask, gettimeofday, getrlimit, getrusage, times, getuid, getgid, geteuid, getegid,
            getppid, getpgrp, getgroups, getresuid, getresgid, getpgid, getsid, capget, rt_sigpending,
            rt_sigtimedwait, rt_sigsuspend, sigaltstack, fstatfs, getpriority, sched_getparam, sched_getscheduler,
            sched_get_priority_max, sched_get_priority_min, sched_rr_get_interval, mlock, munlock, gettid, time,
            futex, sched_setaffinity, sched_getaffinity, epoll_create, set_tid_address, restart_syscall,
            clock_gettime, clock_getres, epoll_wait, epoll_ctl, get_mempolicy, waitid, pselect6,
            ppoll, set_robust_list, get_robust_list, epoll_pwait, eventfd, eventfd2, epoll_create1, dup3, pipe, pipe2,
            preadv, pwritev, prlimit64, getcpu, getrandom, membarrier, mlock2, rseq, close_range, epoll_pwait2,
            futex_waitv, futex_wake, futex_wait, futex_requeue,
        ],
        [Trap] =
        [
            open, openat, stat, lstat, fstat, newfstatat, access, faccessat, faccessat2, readlink,
            readlinkat, getcwd, getdents64, statfs, uname, sysinfo, exit, exit_group, tkill, nanosleep, clock_nanosleep, 3328, 3329, 3330, 3331,
        ],
        [Pretend] = [flock, fadvise64, readahead, fsync, fdatasync, sched_setscheduler],
        [Refused | EROFS] =
        [
            creat, truncate, rename, renameat, renameat2, mkdir, mkdirat, rmdir, link, linkat, unlink, unlinkat,
            symlink, symlinkat, chmod, fchmodat, fchmodat2, chown, lchown, fchownat, utime, utimes, futimesat,
            utimensat, mknod, mknodat,
        ],
        [Refused | EOPNOTSUPP] =
            [getxattr, lgetxattr, fgetxattr, listxattr, llistxattr, flistxattr, preadv2, pwritev2],
        [Refused | EACCES] = [execve, execveat, setpriority],
        [Refused | EINVAL] =
            [mmap, prctl, arch_prctl, sendfile, splice, tee, copy_file_range, vmsplice, sync_file_range],
        [Refused | ENOTTY] = [ioctl],
        [Refused | EAFNOSUPPORT] = [socket, socketpair],
        [Refused | ENOSYS] =
        [
            clone3, io_uring_setup, io_uring_enter, io_uring_register, pidfd_open, map_shadow_stack, getdents,
            cachestat, statx, openat2,
        ],
    };

    public static TheoryData<int, uint> AllNumbers()
    {
        TheoryData<int, uint> data = [];
        Dictionary<int, uint> listed = Expected
            .SelectMany(group => group.Value.Select(number => (Number: number, Verdict: group.Key)))
            .ToDictionary(pair => pair.Number, pair => pair.Verdict);
        for (int number = 0; number <= 480; number++)
        {
            bool known = number is <= rseq or (>= pidfd_send_signal and <= mseal);
            data.Add(number, listed.GetValueOrDefault(number, known ? Refused | EPERM : Refused | ENOSYS));
        }
        foreach (int number in (int[])[3327, 3332, 100_000])
            data.Add(number, Refused | ENOSYS);
        foreach (int number in PrivateCalls)
            data.Add(number, Trap);
        return data;
    }

    [Theory]
    [MemberData(nameof(AllNumbers))]
    public void Each_number_has_its_class(int number, uint expected) =>
        Assert.Equal(expected, Run(number));

    [Theory]
    [MemberData(nameof(AllNumbers))]
    public void The_stub_page_may_call_everything(int number, uint expected)
    {
        Assert.NotEqual(0u, expected);
        foreach (ulong ip in (ulong[])[StubStart + 2, StubStart + 100, StubEnd])
            Assert.Equal(Native, _machine.Run(X86_64, (uint)number, ip, 0, 0, 0, 0, 0, 0));
    }

    [Theory]
    [InlineData(StubStart)]
    [InlineData(StubStart + 1)]
    [InlineData(StubEnd + 1)]
    [InlineData(0x1_0001_0100ul)]
    [InlineData(0xffff_ffff_0001_0100ul)]
    public void Around_the_stub_page_nothing_is_let_through(ulong ip) =>
        Assert.Equal(Refused | EPERM, _machine.Run(X86_64, ptrace, ip, 0, 0, 0, 0, 0, 0));

    [Theory]
    [MemberData(nameof(AllNumbers))]
    public void The_instruction_pointer_is_asked_last(int number, uint expected)
    {
        Assert.NotEqual(0u, expected);
        foreach (ulong argument in (ulong[])[0, 1, 2, 200, 0x3d0f00, ulong.MaxValue])
        {
            uint verdict = _machine.Run(X86_64, (uint)number, Elsewhere, argument, argument, argument, argument, argument, argument);
            int first = _machine.Loads.FindIndex(offset => offset is 8 or 12);
            if (verdict == Native)
                Assert.Equal(-1, first);
            else
                Assert.All(_machine.Loads.Skip(first), offset => Assert.True(offset is 8 or 12));
        }
    }

    [Fact]
    public void Another_architecture_ends_the_process_also_from_the_stub()
    {
        Assert.Equal(Kill, _machine.Run(I386, read, Elsewhere));
        Assert.Equal(Kill, _machine.Run(I386, read, StubStart + 2));
    }

    [Theory]
    [InlineData(0x40000000u)]
    [InlineData(0x40000000u + 39)]
    [InlineData(0xfffffffeu)]
    [InlineData(0x80000000u)]
    public void Numbers_of_the_x32_interface_end_the_process(uint number) =>
        Assert.Equal(Kill, _machine.Run(X86_64, number, Elsewhere));

    [Fact]
    public void A_call_that_a_tracer_took_away_is_unknown() =>
        Assert.Equal(Refused | ENOSYS, _machine.Run(X86_64, uint.MaxValue, Elsewhere));

    [Theory]
    [InlineData(0x22u, 0x0ul, Native)] // private anonymous
    [InlineData(0x4022u, 0x0ul, Native)] // with NORESERVE
    [InlineData(0x02u, 0x0ul, Native)] // private file
    [InlineData(0x01u, 0x0ul, Native)] // shared file or dataspace
    [InlineData(0x11u, 0x1000_0000_0000ul, Native)] // dataspace at its place
    [InlineData(0x21u, 0x0ul, Refused | EPERM)] // shared anonymous
    [InlineData(0x23u, 0x0ul, Refused | EPERM)]
    [InlineData(0x28u, 0x0ul, Refused | EPERM)] // droppable
    [InlineData(0x32u, 0x10000ul, Refused | EPERM)] // over the stub
    [InlineData(0x32u, 0x0ul, Refused | EPERM)] // from zero upwards
    [InlineData(0x32u, 0x10ffful, Refused | EPERM)]
    [InlineData(0x32u, 0x11000ul, Native)] // just behind
    [InlineData(0x32u, 0x1_0000_0000ul, Native)] // upper half counts
    [InlineData(0x12u, 0x10000ul, Refused | EPERM)] // a file over the stub
    [InlineData(0x22u, 0x10000ul, Native)] // a hint never replaces
    [InlineData(0x40022u, 0x0ul, Refused | EPERM)] // huge pages
    [InlineData(0x122u, 0x0ul, Refused | EPERM)] // grows down
    public void Private_memory_and_files_can_be_mapped_but_not_over_the_stub(uint flags, ulong address, uint expected) =>
        Assert.Equal(expected, Run(mmap, address, 4096, 3, flags));

    [Theory]
    [InlineData(0x10000ul, 0u, 0ul, Refused | EPERM)]
    [InlineData(0x20000ul, 3u, 0x10000ul, Refused | EPERM)]
    [InlineData(0x20000ul, 3u, 0x20000ul, Native)]
    [InlineData(0x20000ul, 1u, 0ul, Native)]
    public void Nothing_is_moved_from_or_over_the_stub(ulong from, uint flags, ulong to, uint expected) =>
        Assert.Equal(expected, Run(mremap, from, 4096, 4096, flags, to));

    [Theory]
    [InlineData(0ul, Refused | EINVAL)]
    [InlineData(1ul, Native)]
    [InlineData(1ul << 32, Native)]
    public void Shared_memory_is_not_mapped_a_second_time_behind_the_back_of_the_write_tracking(ulong oldLength, uint expected) =>
        Assert.Equal(expected, Run(mremap, 0x20000, oldLength, 4096, 1));

    [Theory]
    [InlineData(0x4000u, Refused | EINVAL)]
    [InlineData(0x4800u, Refused | EINVAL)]
    [InlineData(0x800u, Native)]
    public void No_device_writes_into_pages_behind_the_back_of_the_write_tracking(uint flags, uint expected) =>
        Assert.Equal(expected, Run(fcntl, 5, 4, flags));

    [Theory]
    [InlineData(munmap)]
    [InlineData(msync)]
    [InlineData(madvise)]
    public void The_stub_page_is_out_of_reach(int number)
    {
        Assert.Equal(Refused | EPERM, Run(number, 0, 0x20000, 4));
        Assert.Equal(Refused | EPERM, Run(number, 0x10000, 0x1000, 4));
        Assert.Equal(Native, Run(number, 0x11000, 0x1000, 4));
        Assert.Equal(Native, Run(number, 0x7f00_0001_0000, 0x1000, 4));
    }

    [Fact]
    public void Memory_that_becomes_unwritable_is_looked_at()
    {
        Assert.Equal(Refused | EPERM, Run(mprotect, 0x10000, 0x1000, 7));
        Assert.Equal(Refused | EPERM, Run(mprotect, 0, 0x20000, 1));
        Assert.Equal(Native, Run(mprotect, 0x11000, 0x1000, 3));
        Assert.Equal(Native, Run(mprotect, 0x7f00_0000_0000, 0x1000, 7));
        Assert.Equal(Trap, Run(mprotect, 0x7f00_0000_0000, 0x1000, 1));
        Assert.Equal(Trap, Run(mprotect, 0x7f00_0000_0000, 0x1000, 0));
    }

    [Theory]
    [InlineData(4u, Native)]
    [InlineData(8u, Native)]
    [InlineData(16u, Native)]
    [InlineData(9u, Refused | EINVAL)]
    [InlineData(10u, Refused | EINVAL)]
    [InlineData(12u, Refused | EINVAL)]
    [InlineData(18u, Refused | EINVAL)]
    [InlineData(100u, Refused | EINVAL)]
    [InlineData(102u, Refused | EINVAL)]
    public void Advice_that_a_snapshot_would_miss_is_refused(uint advice, uint expected) =>
        Assert.Equal(expected, Run(madvise, 0x7f00_0000_0000, 4096, advice));

    [Theory]
    [InlineData(0x3d0f00ul, Native)] // glibc
    [InlineData(0x7d0f00ul, Native)] // musl
    [InlineData(0x50f00ul, Native)] // Go
    [InlineData(17ul, Refused | EPERM)] // fork
    [InlineData(0x4111ul, Refused | EPERM)] // vfork
    [InlineData(0x3d0f11ul, Refused | EPERM)] // an exit signal
    [InlineData(0x2c0f00ul, Refused | EPERM)] // no THREAD
    [InlineData(0x103d0f00ul, Refused | EPERM)] // a new user namespace
    [InlineData(0x3d0700ul, Refused | EPERM)] // signal handlers of its own
    [InlineData(0x3d0b00ul, Refused | EPERM)] // descriptors of its own
    [InlineData(0x1_003d_0f00ul, Refused | EPERM)]
    public void Threads_can_be_made_and_processes_can_not(ulong flags, uint expected) =>
        Assert.Equal(expected, Run(clone, flags));

    [Theory]
    [InlineData(kill)]
    [InlineData(tgkill)]
    [InlineData(rt_sigqueueinfo)]
    [InlineData(rt_tgsigqueueinfo)]
    public void Signals_go_to_the_own_process_only(int number)
    {
        Assert.Equal(Native, Run(number, Leader, 15, 15));
        foreach (ulong other in (ulong[])[0, 1, 3, 0xffffffff, ulong.MaxValue, 0xfffffffe])
            Assert.Equal(Refused | EPERM, Run(number, other, 15, 15));
        Assert.Equal(Refused | EPERM, Run(number, Leader, 19, 19));
    }

    [Theory]
    [InlineData(0ul, Native)]
    [InlineData(2ul, Native)]
    [InlineData(3ul, Trap)]
    [InlineData(1ul, Trap)]
    public void Affinity_of_other_threads_is_checked(ulong id, uint expected) =>
        Assert.Equal(expected, Run(sched_setaffinity, id));

    [Fact]
    public void Limits_can_be_read_and_three_of_them_set()
    {
        Assert.Equal(Native, Run(prlimit64, 0, 2, 0, 0x1000));
        Assert.Equal(Native, Run(prlimit64, Leader, 9, 0, 0x1000));
        Assert.Equal(Native, Run(prlimit64, 0, 7, 0x1000, 0));
        Assert.Equal(Refused | EPERM, Run(prlimit64, 0, 2, 0x1000, 0));
        Assert.Equal(Refused | EPERM, Run(prlimit64, 0, 2, 0x1_0000_0000, 0));
        Assert.Equal(Refused | EPERM, Run(prlimit64, 1, 7, 0, 0x1000));
    }

    [Theory]
    [InlineData(15u, Native)]
    [InlineData(38u, Native)]
    [InlineData(4u, Refused | EINVAL)] // SET_DUMPABLE
    [InlineData(22u, Refused | EINVAL)] // SET_SECCOMP
    [InlineData(35u, Refused | EINVAL)] // SET_MM
    [InlineData(59u, Refused | EINVAL)] // SET_SYSCALL_USER_DISPATCH
    [InlineData(65u, Refused | EINVAL)] // SET_MDWE
    public void Process_control_is_harmless(uint option, uint expected) => Assert.Equal(expected, Run(prctl, option));

    [Theory]
    [InlineData(0ul, Native)]
    [InlineData(1ul, Trap)]
    [InlineData(2ul, Trap)]
    [InlineData(3ul, Native)]
    [InlineData(191ul, Native)]
    [InlineData(192ul, Trap)]
    [InlineData(255ul, Trap)]
    [InlineData(256ul, Native)]
    [InlineData(0xffff_ffff_0000_0001ul, Trap)] // the kernel looks at 32 bits
    public void Writes_to_the_console_are_trapped_and_others_are_not(ulong descriptor, uint expected)
    {
        Assert.Equal(expected, Run(write, descriptor));
        Assert.Equal(expected, Run(writev, descriptor));
        Assert.Equal(expected, Run(dup, descriptor));
        Assert.Equal(expected, Run(fcntl, descriptor, 0));
        Assert.Equal(expected, Run(fcntl, descriptor, 1030));
        Assert.Equal(Native, Run(fcntl, descriptor, 3));
    }

    [Theory]
    [InlineData(1u, Native)]
    [InlineData(1032u, Native)]
    [InlineData(6u, Pretend)]
    [InlineData(8u, Refused | EINVAL)] // SETOWN
    [InlineData(10u, Refused | EINVAL)] // SETSIG
    [InlineData(1024u, Refused | EINVAL)] // SETLEASE
    [InlineData(1026u, Refused | EINVAL)] // NOTIFY
    [InlineData(1031u, Refused | EINVAL)] // SETPIPE_SZ
    [InlineData(1033u, Refused | EINVAL)] // ADD_SEALS
    public void Descriptor_control_reaches_nobody_else(uint command, uint expected) =>
        Assert.Equal(expected, Run(fcntl, 5, command));

    [Fact]
    public void Pipes_eventfds_and_close_range_take_plain_flags_only()
    {
        Assert.Equal(Native, Run(pipe2, 0x1000, 0x80800));
        Assert.Equal(Refused | EINVAL, Run(pipe2, 0x1000, 0x4000));
        Assert.Equal(Native, Run(eventfd2, 0, 0x80800));
        Assert.Equal(Refused | EINVAL, Run(eventfd2, 0, 1));
        Assert.Equal(Native, Run(close_range, 3, 100, 4));
        Assert.Equal(Refused | EINVAL, Run(close_range, 3, 100, 2));
        Assert.Equal(Refused | ENOTTY, Run(ioctl, 0, 0x5412)); // TIOCSTI
        Assert.Equal(Native, Run(ioctl, 0, 0x5401));
    }

    [Fact]
    public void Waits_are_trapped_if_their_timeout_would_begin_anew_and_is_not_short()
    {
        Assert.Equal(Trap, Run(poll, 0x1000, 1, 10));
        Assert.Equal(Trap, Run(poll, 0x1000, 1, 0xffffffff_7fffffff)); // the kernel looks at 32 bits
        Assert.Equal(Native, Run(poll, 0x1000, 1, 9));
        Assert.Equal(Native, Run(poll, 0x1000, 1, 0xffffffff));
        Assert.Equal(Trap, Run(epoll_wait, 5, 0x1000, 1, 1000));
        Assert.Equal(Native, Run(epoll_wait, 5, 0x1000, 1, 0xffffffff_ffffffff));
        Assert.Equal(Trap, Run(epoll_pwait2, 5, 0x1000, 1, 0x2000));
        Assert.Equal(Native, Run(epoll_pwait2, 5, 0x1000, 1, 0));
        Assert.Equal(Trap, Run(rt_sigtimedwait, 0x1000, 0, 0x1_0000_0000, 8));
        Assert.Equal(Trap, Run(futex, 0x1000, 128, 7, 0x2000)); // FUTEX_WAIT_PRIVATE
        Assert.Equal(Native, Run(futex, 0x1000, 128, 7, 0));
        Assert.Equal(Native, Run(futex, 0x1000, 129, 1, 0x2000)); // FUTEX_WAKE takes no timeout
        Assert.Equal(Native, Run(futex, 0x1000, 137, 7, 0x2000)); // FUTEX_WAIT_BITSET takes an absolute one
        Assert.Equal(Native, Run(nanosleep, 0x1000, 0x1000));
        Assert.Equal(Native, Run(clock_nanosleep, 1, 1, 0x1000, 0)); // TIMER_ABSTIME
        Assert.Equal(Trap, Run(clock_nanosleep, 1, 0, 0x1000, 0));
    }

    [Fact]
    public void The_tree_is_shallow()
    {
        _ = Run(futex);
        Assert.InRange(_machine.Steps, 1, 40);
        Assert.InRange(Program.Length / 8, 1, 4096);
    }

    [Fact]
    public void A_private_call_is_none_of_the_kernels() =>
        Assert.Throws<ArgumentException>(() => FilterProgram.Build([462], StubStart, StubEnd, Leader));

    private uint Run(int number, params ReadOnlySpan<ulong> arguments) =>
        _machine.Run(X86_64, (uint)number, Elsewhere, arguments);
}
