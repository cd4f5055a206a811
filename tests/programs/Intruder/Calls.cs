namespace Intruder;

internal static class Calls
{
    public static unsafe int TryAll()
    {
        fixed (byte* path = "/\0"u8)
        {
            nint root = (nint)path;
            Linux.Report("socket", Linux.Call(41, 1, 1, 0));
            Linux.Report("ptrace", Linux.Call(101, 0));
            Linux.Report("ptrace-init", Linux.Call(101, 0x4206, 1));
            Linux.Report("mount", Linux.Call(165, root, root, root, 0));
            Linux.Report("umount", Linux.Call(166, root));
            Linux.Report("pivot_root", Linux.Call(155, root, root));
            Linux.Report("chroot", Linux.Call(161, root));
            Linux.Report("chdir", Linux.Call(80, root));
            Linux.Report("execve", Linux.Call(59, root));
            Linux.Report("memfd_create", Linux.Call(319, root));
            Linux.Report("mkdir", Linux.Call(83, root));
        }
        Linux.Report("unshare", Linux.Call(272, 0x10000000));
        Linux.Report("setns", Linux.Call(308, 0, 0));
        Linux.Report("fork", Linux.Call(57));
        Linux.Report("clone-process", Linux.Call(56, 17));
        Linux.Report("clone-namespace", Linux.Call(56, 0x30d0f00));
        Linux.Report("clone3", Linux.Call(435, 0, 88));
        Linux.Report("kill-init", Linux.Call(62, 1, 9));
        Linux.Report("kill-all", Linux.Call(62, -1, 9));
        Linux.Report("kill-group", Linux.Call(62, 0, 9));
        Linux.Report("tgkill-other", Linux.Call(234, 1, 1, 9));
        Linux.Report("tkill-other", Linux.Call(200, 1, 9));
        Linux.Report("stop-self", Linux.Call(62, Environment.ProcessId, 19));
        Linux.Report("process_vm_readv", Linux.Call(310, 1));
        Linux.Report("pidfd_open", Linux.Call(434, 1, 0));
        Linux.Report("seccomp", Linux.Call(317, 1, 0, 0));
        Linux.Report("bpf", Linux.Call(321));
        Linux.Report("userfaultfd", Linux.Call(323));
        Linux.Report("perf_event_open", Linux.Call(298));
        Linux.Report("io_uring_setup", Linux.Call(425, 1));
        Linux.Report("keyctl", Linux.Call(250));
        Linux.Report("setuid", Linux.Call(105, 0));
        Linux.Report("reboot", Linux.Call(169));
        Linux.Report("init_module", Linux.Call(175));
        Linux.Report("dispatch", Linux.Call(157, 59, 1, 0x10000, 0x1000));
        Linux.Report("dumpable", Linux.Call(157, 4, 0));
        Linux.Report("personality", Linux.Call(135, 0x400000));
        Linux.Report("sethostname", Linux.Call(170, 0, 0));
        Linux.Report("unknown", Linux.Call(1000));
        return 0;
    }
}
