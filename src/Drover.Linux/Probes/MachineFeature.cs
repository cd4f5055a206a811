namespace Drover.Linux.Probes;

/// <summary>Something of the kernel, or a permission, that is tried for real.</summary>
public enum MachineFeature
{
    /// <summary>Linux 6.12 or later on x86-64.</summary>
    Kernel,

    /// <summary>A seccomp filter whose trapped calls this process answers (seccomp_unotify(2)).</summary>
    UserNotification,

    /// <summary>SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP.</summary>
    SyncWakeUp,

    /// <summary>Stopping a child and reading its registers (PTRACE_SEIZE, PTRACE_INTERRUPT).</summary>
    Tracing,

    /// <summary>process_vm_readv(2) on a child.</summary>
    ReadMemory,

    /// <summary>pidfd_getfd(2) on a child.</summary>
    TakeDescriptors,

    /// <summary>User, PID, mount, network, IPC, UTS and cgroup namespaces.</summary>
    Namespaces,

    /// <summary>A time namespace with shifted clocks.</summary>
    TimeNamespace,

    /// <summary>clone3(2) with set_tid.</summary>
    ThreadIds,

    /// <summary>Writing /proc/sys/kernel/ns_last_pid.</summary>
    NextThreadId,

    /// <summary>Mapping the page at 0x10000 (vm.mmap_min_addr).</summary>
    StubPage,

    /// <summary>mseal(2).</summary>
    SealedMappings,

    /// <summary>memfd_create(2) with seals.</summary>
    SealedMemory,

    /// <summary>userfaultfd(2) with UFFD_FEATURE_WP_ASYNC.</summary>
    WriteTracking,

    /// <summary>The PAGEMAP_SCAN ioctl.</summary>
    PageScan,
}

/// <summary>What came of trying a feature.</summary>
/// <param name="Detail">What was seen: a version, or the call that failed and its error.</param>
public sealed record ProbeResult(MachineFeature Feature, bool Works, string Detail);
