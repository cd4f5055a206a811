using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Drover.Linux.Native;
using Drover.Linux.Tracing;
using Drover.Linux.Userfault;
using Xunit;

namespace Drover.Linux.Tests.Native;

/// <summary>Has the C compiler compare constants and layouts with the system's headers, where both are present.</summary>
public sealed class HeaderTests
{
    private static readonly string[] Headers =
    [
        "<fcntl.h>", "<signal.h>", "<sys/epoll.h>", "<sys/mman.h>", "<sys/resource.h>", "<sys/socket.h>",
        "<sys/stat.h>", "<sys/syscall.h>", "<sys/uio.h>", "<sys/user.h>", "<poll.h>", "<time.h>", "<stddef.h>",
        "<linux/sched.h>", "<linux/prctl.h>", "<linux/ptrace.h>", "<linux/seccomp.h>", "<linux/filter.h>", "<linux/fs.h>", "<linux/userfaultfd.h>",
    ];

    [Fact]
    public void Constants_and_layouts_are_those_of_the_headers()
    {
        if (!File.Exists("/usr/bin/gcc") || !File.Exists("/usr/include/linux/ptrace.h"))
            return;
        StringBuilder source = new("#define _GNU_SOURCE\n");
        foreach (string header in Headers)
            source.Append($"#include {header}\n");
        foreach ((string name, long value) in Constants())
            source.Append($"#ifdef {name}\n_Static_assert((long){name} == {value}L, \"{name}\");\n#endif\n");
        foreach ((string type, int bytes) in Sizes())
            source.Append($"_Static_assert(sizeof({type}) == {bytes}, \"{type}\");\n");
        foreach ((string type, string field, long offset) in Offsets())
            source.Append($"_Static_assert(offsetof({type}, {field}) == {offset}, \"{type}.{field}\");\n");

        Assert.Equal("", Compile(source.ToString()));
    }

    private static string Compile(string source)
    {
        using Process compiler = Process.Start(new ProcessStartInfo("/usr/bin/gcc", "-fsyntax-only -x c -")
        {
            RedirectStandardInput = true,
            RedirectStandardError = true,
        })!;
        compiler.StandardInput.Write(source);
        compiler.StandardInput.Close();
        string errors = compiler.StandardError.ReadToEnd();
        compiler.WaitForExit();
        return errors;
    }

    private static IEnumerable<(string Name, long Value)> Constants() =>
    [
        ("__NR_read", SystemCall.Read), ("__NR_close", SystemCall.Close), ("__NR_mmap", SystemCall.MemoryMap),
        ("__NR_munmap", SystemCall.MemoryUnmap), ("__NR_brk", SystemCall.Break),
        ("__NR_rt_sigaction", SystemCall.SignalAction), ("__NR_pread64", SystemCall.ReadAt),
        ("__NR_pwrite64", SystemCall.WriteAt), ("__NR_nanosleep", SystemCall.NanoSleep),
        ("__NR_sendmsg", SystemCall.SendMessage), ("__NR_recvmsg", SystemCall.ReceiveMessage),
        ("__NR_socket", SystemCall.Socket), ("__NR_bind", SystemCall.Bind),
        ("MAP_FIXED", MapFlags.Fixed), ("UFFDIO_REGISTER_MODE_MISSING", (long)UserfaultDescriptor.RegisterMissing),
        ("UFFD_PAGEFAULT_FLAG_WRITE", (long)UserfaultFault.WriteFlag), ("UFFD_EVENT_PAGEFAULT", UserfaultFault.PageFaultEvent),
        ("__NR_wait4", SystemCall.WaitForChild), ("__NR_fcntl", SystemCall.FileControl),
        ("__NR_chdir", SystemCall.ChangeDirectory), ("__NR_umask", SystemCall.ModeMask),
        ("__NR_setgroups", SystemCall.SetGroups), ("__NR_setresuid", SystemCall.SetResUid),
        ("__NR_setresgid", SystemCall.SetResGid), ("__NR_capset", SystemCall.CapabilitySet),
        ("__NR_rt_sigtimedwait", SystemCall.SignalTimedWait), ("__NR_rt_sigqueueinfo", SystemCall.SignalQueueInfo),
        ("__NR_sigaltstack", SystemCall.SignalAlternateStack), ("__NR_pivot_root", SystemCall.PivotRoot),
        ("__NR_prctl", SystemCall.ProcessControl), ("__NR_mount", SystemCall.Mount), ("__NR_umount2", SystemCall.Unmount),
        ("__NR_sethostname", SystemCall.SetHostName), ("__NR_gettid", SystemCall.GetThreadId),
        ("__NR_sched_setaffinity", SystemCall.SetAffinity), ("__NR_sched_getaffinity", SystemCall.GetAffinity),
        ("__NR_set_tid_address", SystemCall.SetThreadIdAddress), ("__NR_restart_syscall", SystemCall.RestartCall),
        ("__NR_clock_nanosleep", SystemCall.ClockNanoSleep), ("__NR_epoll_wait", SystemCall.EpollWait),
        ("__NR_epoll_ctl", SystemCall.EpollControl), ("__NR_tgkill", SystemCall.ThreadGroupKill),
        ("__NR_unshare", SystemCall.Unshare), ("__NR_set_robust_list", SystemCall.SetRobustList),
        ("__NR_get_robust_list", SystemCall.GetRobustList), ("__NR_epoll_pwait", SystemCall.EpollPwait),
        ("__NR_dup3", SystemCall.Duplicate3), ("__NR_rt_tgsigqueueinfo", SystemCall.ThreadSignalQueueInfo),
        ("__NR_prlimit64", SystemCall.ProcessLimit), ("__NR_setns", SystemCall.SetNamespace),
        ("__NR_kcmp", SystemCall.CompareKernelObjects), ("__NR_seccomp", SystemCall.Seccomp),
        ("__NR_execveat", SystemCall.ExecuteAt), ("__NR_membarrier", SystemCall.Membarrier),
        ("__NR_userfaultfd", SystemCall.Userfaultfd), ("UFFD_USER_MODE_ONLY", (long)UserfaultDescriptor.UserModeOnly),
        ("UFFDIO_API", (long)UserfaultDescriptor.ApiRequest), ("UFFDIO_REGISTER", (long)UserfaultDescriptor.RegisterRequest),
        ("__NR_ioctl", SystemCall.IoControl), ("USERFAULTFD_IOC_NEW", (long)FillDescriptor.NewRequest),
        ("UFFDIO_COPY", (long)FillDescriptor.CopyRequest), ("UFFDIO_ZEROPAGE", (long)FillDescriptor.ZeroRequest),
        ("UFFDIO_WAKE", (long)FillDescriptor.WakeRequest), ("UFFD_FEATURE_EVENT_REMAP", (long)FillDescriptor.TellMoves),
        ("UFFD_FEATURE_EVENT_REMOVE", (long)FillDescriptor.TellDrops), ("UFFD_FEATURE_EVENT_UNMAP", (long)FillDescriptor.TellUnmaps),
        ("UFFD_EVENT_REMAP", UserfaultEvent.MovedEvent), ("UFFD_EVENT_REMOVE", UserfaultEvent.DroppedEvent),
        ("UFFD_EVENT_UNMAP", UserfaultEvent.UnmappedEvent),
        ("UFFDIO_WRITEPROTECT", (long)UserfaultDescriptor.ProtectRequest), ("UFFD_API", (long)UserfaultDescriptor.ApiVersion),
        ("UFFDIO_REGISTER_MODE_WP", (long)UserfaultDescriptor.RegisterWriteProtection),
        ("UFFDIO_WRITEPROTECT_MODE_WP", (long)UserfaultDescriptor.ModeProtect),
        ("UFFD_FEATURE_WP_HUGETLBFS_SHMEM", (long)UserfaultDescriptor.WriteProtectHugeAndShared),
        ("UFFD_FEATURE_WP_UNPOPULATED", (long)UserfaultDescriptor.WriteProtectUnpopulated),
        ("UFFD_FEATURE_WP_ASYNC", (long)UserfaultDescriptor.WriteProtectAsynchronous),
        ("__NR_rseq", SystemCall.Rseq), ("__NR_clone3", SystemCall.Clone3), ("__NR_close_range", SystemCall.CloseRange),
        ("__NR_epoll_pwait2", SystemCall.EpollPwait2), ("__NR_mseal", SystemCall.SealMemory),
        ("CLONE_VM", (long)CloneFlags.Memory), ("CLONE_FS", (long)CloneFlags.FileSystem),
        ("CLONE_FILES", (long)CloneFlags.Files), ("CLONE_SIGHAND", (long)CloneFlags.SignalHandlers),
        ("CLONE_PTRACE", (long)CloneFlags.Traced), ("CLONE_PARENT", (long)CloneFlags.Parent),
        ("CLONE_THREAD", (long)CloneFlags.Thread), ("CLONE_SYSVSEM", (long)CloneFlags.SemaphoreUndo),
        ("CLONE_CHILD_CLEARTID", (long)CloneFlags.ChildClearThreadId), ("CLONE_NEWNS", (long)CloneFlags.NewMounts),
        ("CLONE_NEWCGROUP", (long)CloneFlags.NewCgroup), ("CLONE_NEWUTS", (long)CloneFlags.NewHostName),
        ("CLONE_NEWIPC", (long)CloneFlags.NewIpc), ("CLONE_NEWUSER", (long)CloneFlags.NewUser),
        ("CLONE_NEWPID", (long)CloneFlags.NewProcessIds), ("CLONE_NEWNET", (long)CloneFlags.NewNetwork),
        ("CLONE_NEWTIME", (long)CloneFlags.NewTime),
        ("MAP_SHARED", MapFlags.Shared), ("MAP_PRIVATE", MapFlags.Private), ("MAP_ANONYMOUS", MapFlags.Anonymous),
        ("MAP_GROWSDOWN", MapFlags.GrowsDown), ("MAP_NORESERVE", MapFlags.NoReserve),
        ("MAP_FIXED_NOREPLACE", MapFlags.FixedNoReplace),
        ("O_NONBLOCK", OpenFlags.NonBlock), ("O_CLOEXEC", OpenFlags.CloseOnExec), ("O_PATH", OpenFlags.PathOnly),
        ("F_DUPFD_CLOEXEC", Fcntl.DuplicateCloseOnExec), ("F_SETFL", Fcntl.SetStatusFlags),
        ("F_ADD_SEALS", Fcntl.AddSeals), ("F_SETPIPE_SZ", Fcntl.SetPipeSize), ("F_GETPIPE_SZ", Fcntl.GetPipeSize),
        ("F_SEAL_SEAL", Fcntl.SealSeal), ("F_SEAL_SHRINK", Fcntl.SealShrink), ("F_SEAL_GROW", Fcntl.SealGrow),
        ("MFD_CLOEXEC", MemfdFlags.CloseOnExec), ("MFD_ALLOW_SEALING", MemfdFlags.AllowSealing),
        ("MFD_NOEXEC_SEAL", MemfdFlags.NoExecuteSeal), ("MFD_EXEC", MemfdFlags.Executable),
        ("PR_SET_DUMPABLE", Prctl.SetDumpable), ("PR_SET_NAME", Prctl.SetName), ("PR_GET_NAME", Prctl.GetName),
        ("PR_CAPBSET_DROP", Prctl.DropBoundingCapability), ("PR_SET_TIMERSLACK", Prctl.SetTimerSlack),
        ("PR_SET_MM", Prctl.SetMemory), ("PR_SET_MM_MAP", Prctl.SetMemoryMap),
        ("PR_SET_NO_NEW_PRIVS", Prctl.SetNoNewPrivileges), ("PR_GET_TID_ADDRESS", Prctl.GetThreadIdAddress),
        ("RLIMIT_FSIZE", ResourceLimit.FileLength), ("RLIMIT_DATA", ResourceLimit.Data), ("RLIMIT_STACK", ResourceLimit.Stack), ("RLIMIT_CORE", ResourceLimit.Core),
        ("RLIMIT_NPROC", ResourceLimit.ProcessCount), ("RLIMIT_NOFILE", ResourceLimit.OpenFiles),
        ("RLIMIT_MEMLOCK", ResourceLimit.LockedMemory), ("RLIMIT_MSGQUEUE", ResourceLimit.MessageQueueBytes),
        ("SECCOMP_SET_MODE_FILTER", Linux.Native.Seccomp.SetModeFilter),
        ("SECCOMP_FILTER_FLAG_NEW_LISTENER", Linux.Native.Seccomp.FilterFlagNewListener),
        ("PTRACE_SEIZE", Ptrace.Seize), ("PTRACE_INTERRUPT", Ptrace.Interrupt), ("PTRACE_CONT", Ptrace.Continue),
        ("PTRACE_DETACH", Ptrace.Detach), ("PTRACE_SETOPTIONS", Ptrace.SetOptions),
        ("PTRACE_GETEVENTMSG", Ptrace.GetEventMessage), ("PTRACE_GETREGSET", Ptrace.GetRegisterSet),
        ("PTRACE_SETREGSET", Ptrace.SetRegisterSet), ("PTRACE_PEEKSIGINFO", Ptrace.PeekSignalInformation),
        ("PTRACE_GETSIGMASK", Ptrace.GetSignalMask), ("PTRACE_SETSIGMASK", Ptrace.SetSignalMask),
        ("PTRACE_GET_RSEQ_CONFIGURATION", Ptrace.GetRseqConfiguration),
        ("PTRACE_O_TRACEFORK", Ptrace.OptionFork), ("PTRACE_O_TRACECLONE", Ptrace.OptionClone),
        ("PTRACE_O_TRACEEXEC", Ptrace.OptionExecute), ("PTRACE_O_EXITKILL", Ptrace.OptionKillOnExit),
        ("PTRACE_EVENT_STOP", Ptrace.EventStop), ("PTRACE_EVENT_EXEC", Ptrace.EventExecute),
    ];

    private static IEnumerable<(string Type, int Bytes)> Sizes() =>
    [
        ("struct clone_args", Unsafe.SizeOf<CloneArguments>()),
        ("struct user_regs_struct", Unsafe.SizeOf<UserRegisters>()),
        ("struct msghdr", Unsafe.SizeOf<MessageHeader>()), ("struct cmsghdr", Unsafe.SizeOf<ControlHeader>()),
        ("struct iovec", Unsafe.SizeOf<IoVector>()), ("struct rlimit", Unsafe.SizeOf<ResourceLimitPair>()),
        ("struct sock_fprog", Unsafe.SizeOf<FilterProgramHeader>()), ("stack_t", Unsafe.SizeOf<SignalStack>()),
        ("struct ptrace_rseq_configuration", Unsafe.SizeOf<RseqConfiguration>()),
        ("struct ptrace_peeksiginfo_args", Unsafe.SizeOf<PeekSignalArguments>()),
        ("struct prctl_mm_map", Unsafe.SizeOf<MemoryMapLayout>()), ("struct epoll_event", Unsafe.SizeOf<EpollEvent>()),
        ("struct timespec", Unsafe.SizeOf<TimeSpecification>()), ("struct pollfd", Unsafe.SizeOf<PollDescriptor>()),
        ("siginfo_t", Ptrace.SignalInformationBytes), ("struct stat", FileStatus.StructBytes),
        ("struct sigaction", ChildSignal.StructBytes), ("struct uffdio_api", Unsafe.SizeOf<UserfaultApi>()),
        ("struct uffdio_register", Unsafe.SizeOf<UserfaultRegistration>()),
        ("struct uffdio_writeprotect", Unsafe.SizeOf<UserfaultProtection>()), ("struct uffd_msg", Unsafe.SizeOf<UserfaultFault>()),
        ("struct uffd_msg", Unsafe.SizeOf<UserfaultEvent>()), ("struct uffdio_copy", Unsafe.SizeOf<UserfaultCopy>()),
        ("struct uffdio_zeropage", Unsafe.SizeOf<UserfaultRange>()),
    ];

    private static IEnumerable<(string Type, string Field, long Offset)> Offsets() =>
    [
        ("struct stat", "st_ino", FileStatus.InodeOffset), ("struct stat", "st_mode", FileStatus.ModeOffset),
        ("struct stat", "st_size", FileStatus.LengthOffset), ("struct stat", "st_mtim", FileStatus.ModifiedOffset),
        ("struct sigaction", "sa_flags", ChildSignal.FlagsOffset),
        ("struct user_regs_struct", "orig_rax", Offset<UserRegisters>(nameof(UserRegisters.OriginalRax))),
        ("struct user_regs_struct", "rip", Offset<UserRegisters>(nameof(UserRegisters.Rip))),
        ("struct user_regs_struct", "fs_base", Offset<UserRegisters>(nameof(UserRegisters.FsBase))),
        ("struct msghdr", "msg_control", Offset<MessageHeader>(nameof(MessageHeader.Control))),
        ("struct clone_args", "set_tid", Offset<CloneArguments>(nameof(CloneArguments.SetThreadIds))),
        ("struct prctl_mm_map", "exe_fd", Offset<MemoryMapLayout>(nameof(MemoryMapLayout.ExecutableDescriptor))),
        ("struct uffd_msg", "arg.remap.from", Offset<UserfaultEvent>(nameof(UserfaultEvent.First))),
        ("struct uffd_msg", "arg.remap.to", Offset<UserfaultEvent>(nameof(UserfaultEvent.Second))),
        ("struct uffd_msg", "arg.remap.len", Offset<UserfaultEvent>(nameof(UserfaultEvent.Third))),
        ("struct uffd_msg", "arg.remove.start", Offset<UserfaultEvent>(nameof(UserfaultEvent.First))),
        ("struct uffd_msg", "arg.remove.end", Offset<UserfaultEvent>(nameof(UserfaultEvent.Second))),
        ("struct uffdio_copy", "copy", Offset<UserfaultCopy>(nameof(UserfaultCopy.Copied))),
        ("struct uffdio_zeropage", "zeropage", Offset<UserfaultRange>(nameof(UserfaultRange.Done))),
        ("struct uffd_msg", "arg.pagefault.flags", Offset<UserfaultFault>(nameof(UserfaultFault.Flags))),
        ("struct uffd_msg", "arg.pagefault.address", Offset<UserfaultFault>(nameof(UserfaultFault.Address))),
        ("stack_t", "ss_size", Offset<SignalStack>(nameof(SignalStack.LengthBytes))),
    ];

    private static long Offset<T>(string field)
        where T : struct => Marshal.OffsetOf<T>(field);
}
