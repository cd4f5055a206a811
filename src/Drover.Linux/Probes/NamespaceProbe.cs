using Drover.Linux.Native;

namespace Drover.Linux.Probes;

/// <summary>Children in namespaces of their own, with ids that were asked for.</summary>
internal static class NamespaceProbe
{
    private const int OpenAt = 257;
    private const ulong CurrentDirectory = unchecked((ulong)-100L);
    private const uint WantedThreadId = 42;
    private const ulong StubPage = 0x10000;

    public static IReadOnlyList<ProbeResult> Run() =>
    [
        MachineProbes.Try(MachineFeature.Namespaces, Namespaces),
        MachineProbes.Try(MachineFeature.TimeNamespace, TimeNamespace),
        MachineProbes.Try(MachineFeature.ThreadIds, ThreadIds),
        MachineProbes.Try(MachineFeature.NextThreadId, NextThreadId),
        MachineProbes.Try(MachineFeature.StubPage, MapStubPage),
    ];

    private static string Namespaces()
    {
        // One by one first, so that a failure names the one that is missing.
        foreach ((string name, ulong flag) in ((string, ulong)[])
        [
            ("user", 0), ("pid", CloneFlags.NewProcessIds), ("mount", CloneFlags.NewMounts),
            ("network", CloneFlags.NewNetwork), ("IPC", CloneFlags.NewIpc), ("UTS", CloneFlags.NewHostName),
            ("cgroup", CloneFlags.NewCgroup),
        ])
        {
            Run(InNamespaces(flag, _ => { }), $"clone3 with a {name} namespace");
        }

        return "";
    }

    private static string TimeNamespace()
    {
        var program = new ProbeProgram();
        ulong path = program.Data("/proc/self/timens_offsets\0"u8);
        ulong offsets = program.Data("monotonic 100 0\n"u8);
        program.Call(SystemCall.Unshare, CloneFlags.NewUser | CloneFlags.NewTime);
        OpenAndWrite(program, path, offsets, 16);
        program.Child(new CloneArguments { ExitSignal = Signals.Child }, _ => { }).Exit();
        Run(program, "unshare with a time namespace, timens_offsets");
        return "";
    }

    private static string ThreadIds()
    {
        ProbeProgram program = InNamespaces(CloneFlags.NewProcessIds, inner =>
        {
            ulong id = inner.Data(WantedThreadId);
            inner.Child(
                new CloneArguments { ExitSignal = Signals.Child, SetThreadIds = id, SetThreadIdCount = 1 }, _ => { });
        });
        Run(program, "clone3 with set_tid");
        return "";
    }

    private static string NextThreadId()
    {
        ProbeProgram program = InNamespaces(CloneFlags.NewProcessIds, inner =>
        {
            ulong path = inner.Data("/proc/sys/kernel/ns_last_pid\0"u8);
            ulong id = inner.Data("99"u8);
            OpenAndWrite(inner, path, id, 2);
        });
        Run(program, "write to /proc/sys/kernel/ns_last_pid");
        return "";
    }

    private static string MapStubPage()
    {
        ProbeProgram program = new ProbeProgram()
            .Call(
                SystemCall.MemoryMap,
                StubPage,
                0x1000,
                Protection.ReadExecute,
                MapFlags.Private | MapFlags.Anonymous | MapFlags.FixedNoReplace,
                ulong.MaxValue,
                0)
            .Exit();
        Run(program, $"mmap at 0x{StubPage:x}");
        return $"vm.mmap_min_addr is {File.ReadAllText("/proc/sys/vm/mmap_min_addr").Trim()}";
    }

    private static void OpenAndWrite(ProbeProgram program, ulong path, ulong content, ulong lengthBytes)
    {
        // The lowest free number is given: make it 0, whether or not that was open.
        program.Call(SystemCall.CloseRange, 0, 0, 0);
        program.Call(OpenAt, CurrentDirectory, path, OpenFlags.WriteOnly, 0);
        program.Call(SystemCall.Write, 0, content, lengthBytes);
    }

    /// <summary>A user namespace makes the others possible for everybody.</summary>
    private static ProbeProgram InNamespaces(ulong flags, Action<ProbeProgram> child) =>
        new ProbeProgram()
            .Child(new CloneArguments { Flags = CloneFlags.NewUser | flags, ExitSignal = Signals.Child }, child)
            .Exit();

    private static void Run(ProbeProgram program, string what)
    {
        int status = program.Run();
        if (status > 128)
            throw new IOException($"{what}: ended by signal {status - 128}");
        if (status != 0)
            throw new LinuxException(what, status);
    }
}
