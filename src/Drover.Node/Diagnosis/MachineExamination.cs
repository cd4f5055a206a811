using Drover.Linux.Probes;

namespace Drover.Node.Diagnosis;

/// <summary>Says of everything that a node needs whether it is there, what for, and what is lost without it.</summary>
public static class MachineExamination
{
    private const string NewerKernel = "Use Linux 6.12 or later.";
    private const string AllowNamespaces =
        "Run as root, or allow user namespaces (sysctl user.max_user_namespaces, kernel.unprivileged_userns_clone, "
        + "kernel.apparmor_restrict_unprivileged_userns); in a container ask for them there.";

    private sealed record Meaning(string Name, bool Needed, string Purpose, string Without, string Remedy);

    /// <summary>Tries everything.</summary>
    public static MachineReport Run()
    {
        IReadOnlyList<Requirement> requirements =
        [
            .. MachineProbes.RunAll().Select(Explain),
            Runtime(),
            Privilege(),
        ];
        return new MachineReport(requirements.All(r => r.Works || !r.Needed), requirements);
    }

    private static Requirement Explain(ProbeResult result)
    {
        Meaning meaning = MeaningOf(result.Feature);
        return new Requirement
        {
            Name = meaning.Name,
            Works = result.Works,
            Needed = meaning.Needed,
            Purpose = meaning.Purpose,
            Without = meaning.Without,
            Remedy = meaning.Remedy,
            Detail = result.Detail,
        };
    }

    private static Meaning MeaningOf(MachineFeature feature) => feature switch
    {
        MachineFeature.Kernel => new(
            "Linux 6.12+ on x86-64", true, "the features below, and the layout of registers", "nothing runs", NewerKernel),
        MachineFeature.UserNotification => new(
            "seccomp user notification", true, "a component's system calls and messages reach the node",
            "no component runs", NewerKernel),
        MachineFeature.SyncWakeUp => new(
            "... with SYNC_WAKE_UP", true, "a trapped call is answered on the same CPU", "each call takes 30 times as long",
            NewerKernel),
        MachineFeature.Tracing => new(
            "ptrace of own children", true, "stops a component and reads its registers", "no component starts, no checkpoint",
            "Allow it: sysctl kernel.yama.ptrace_scope below 2; in a container SYS_PTRACE."),
        MachineFeature.ReadMemory => new(
            "process_vm_readv", true, "reads messages and memory of a component", "no component runs",
            "As for ptrace."),
        MachineFeature.TakeDescriptors => new(
            "pidfd_getfd", true, "takes over the filter's listener", "no component starts", "As for ptrace."),
        MachineFeature.Namespaces => new(
            "namespaces", true, "a component sees nothing of the machine", "no component starts", AllowNamespaces),
        MachineFeature.TimeNamespace => new(
            "time namespace", true, "a component's clock goes on at its own value after a restore",
            "no restore: its monotonic clock would jump", AllowNamespaces),
        MachineFeature.ThreadIds => new(
            "clone3 with set_tid", true, "threads have their old ids after a restore", "no restore", AllowNamespaces),
        MachineFeature.NextThreadId => new(
            "ns_last_pid", true, "new threads get the ids they would have got", "ids could be given twice after a restore",
            "Use a kernel with CONFIG_CHECKPOINT_RESTORE."),
        MachineFeature.StubPage => new(
            "page 0x10000", true, "the node's own code in a component lies there", "no component starts",
            "Set sysctl vm.mmap_min_addr to 65536 or less."),
        MachineFeature.SealedMappings => new(
            "mseal", false, "a component cannot map its own code over the node's",
            "the filter must guard that page, at some cost for each mapping call", NewerKernel),
        MachineFeature.SealedMemory => new(
            "sealed memfd", true, "a component cannot shrink memory that is shared with it", "no dataspaces", NewerKernel),
        MachineFeature.WriteTracking => new(
            "userfaultfd WP_ASYNC", false, "finds the pages written since an earlier image", "every image is a full one",
            NewerKernel),
        MachineFeature.PageScan => new(
            "PAGEMAP_SCAN", true, "finds the pages that have content", "no checkpoint", NewerKernel),
        _ => throw new ArgumentOutOfRangeException(nameof(feature), feature, "This feature has no explanation."),
    };

    private static Requirement Runtime() => new()
    {
        Name = ".NET 10",
        Works = Environment.Version.Major >= 10,
        Needed = true,
        Purpose = "runs the node",
        Without = "nothing runs",
        Remedy = "Install the .NET 10 SDK.",
        Detail = $".NET {Environment.Version}",
    };

    private static Requirement Privilege() => new()
    {
        Name = "root",
        Works = Environment.IsPrivilegedProcess,
        Needed = false,
        Purpose = "a component gets a host user of its own",
        Without = "a component's process belongs to the user that runs the node",
        Remedy = "Run the node as root.",
        Detail = $"user {Environment.UserName}",
    };
}
