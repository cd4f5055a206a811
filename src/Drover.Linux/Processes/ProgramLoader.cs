using System.Runtime.InteropServices;
using System.Text;
using Drover.Linux.Memory;
using Drover.Linux.Native;
using Drover.Linux.Stub;
using Drover.Linux.Tracing;

namespace Drover.Linux.Processes;

/// <summary>Turns a stub into a program that has not run an instruction yet. Used on the tracer thread only.</summary>
internal static class ProgramLoader
{
    private const ulong ArgumentsAddress = 0x1000_0000;
    private const int EmptyPath = 0x1000;

    /// <summary>Has the kernel load a program into a stub; the stub's pages are gone afterwards.</summary>
    public static void Execute(
        Tracee tracee, ProcessMemory memory, int program, IReadOnlyList<string> arguments, IReadOnlyList<string> environment)
    {
        tracee.SetOptions(Ptrace.OptionKillOnExit | Ptrace.OptionExecute);
        byte[] block = ArgumentBlock(arguments, environment, out ulong argv, out ulong envp);
        CallBatch room = new();
        int flags = MapFlags.Private | MapFlags.Anonymous | MapFlags.FixedNoReplace;
        room.Require(
            "mmap", SystemCall.MemoryMap,
            ArgumentsAddress, PageMath.RoundUp((ulong)block.Length), Protection.ReadWrite, (ulong)flags, ulong.MaxValue, 0);
        Injector.RunChecked(tracee, memory, room);
        memory.Write(ArgumentsAddress, block);

        CallBatch batch = new();
        ulong path = batch.Put("\0"u8);
        int execute = batch.Add(SystemCall.ExecuteAt, (ulong)program, path, argv, envp, EmptyPath);
        Injector.Begin(tracee, memory, batch);
        if (tracee.WaitForStop().Event == Ptrace.EventExecute)
        {
            // Still inside execve, which would overwrite rax on its way out: stop again behind it.
            tracee.Interrupt();
            tracee.Continue();
            tracee.WaitForEventStop();
            return;
        }
        memory.Read(batch.Address, batch.Entries);
        throw new LinuxException("execveat", (int)-batch.Result(execute), arguments.Count > 0 ? arguments[0] : null);
    }

    /// <summary>Maps the stub into a freshly loaded program. Its registers are left as they were.</summary>
    public static void MapStub(Tracee tracee, ProcessMemory memory)
    {
        UserRegisters entry = tracee.GetRegisters();
        Span<byte> original = stackalloc byte[8];
        memory.ReadForced(entry.Rip, original);
        memory.WriteForced(entry.Rip, [0x0f, 0x05, StubCode.Breakpoint]); // syscall; int3
        int flags = MapFlags.Private | MapFlags.Anonymous | MapFlags.FixedNoReplace;
        MapOnce(tracee, entry, StubLayout.CodeAddress, StubLayout.CodeBytes, Protection.ReadExecute, flags);
        MapOnce(tracee, entry, StubLayout.DataAddress, StubLayout.DataBytes, Protection.ReadWrite, flags);
        memory.WriteForced(entry.Rip, original);
        entry.OriginalRax = ulong.MaxValue;
        tracee.SetRegisters(entry);
        Confinement.ArmStub(memory);
    }

    /// <summary>Takes the vDSO away, whose content differs between kernels and whose clock reads bypass the filter.</summary>
    public static void RemoveKernelPages(Tracee tracee, ProcessMemory memory, IReadOnlyList<MapsEntry> maps)
    {
        CallBatch batch = new();
        foreach (MapsEntry entry in maps)
        {
            if (entry.Path.StartsWith("[v", StringComparison.Ordinal) && entry.Path != "[vsyscall]")
                batch.Require("munmap", SystemCall.MemoryUnmap, entry.Start, entry.End - entry.Start);
        }
        HideFromAuxiliaryVector(tracee, memory, maps);
        if (!batch.IsEmpty)
        {
            UserRegisters entry = tracee.GetRegisters();
            Injector.RunChecked(tracee, memory, batch);
            tracee.SetRegisters(entry);
        }
    }

    private static void MapOnce(
        Tracee tracee, in UserRegisters entry, ulong address, ulong lengthBytes, int protection, int flags)
    {
        UserRegisters call = entry;
        call.OriginalRax = ulong.MaxValue;
        call.Rax = SystemCall.MemoryMap;
        call.Rdi = address;
        call.Rsi = lengthBytes;
        call.Rdx = (ulong)protection;
        call.R10 = (ulong)flags;
        call.R8 = ulong.MaxValue;
        call.R9 = 0;
        tracee.SetRegisters(call);
        tracee.Continue();
        WaitStatus status = tracee.WaitForStop();
        UserRegisters after = tracee.GetRegisters();
        if (status.StopSignal != Signals.Trap || after.Rip != entry.Rip + 3)
            throw new InvalidOperationException($"The first call stopped with signal {status.StopSignal} at 0x{after.Rip:x}.");
        if (after.Rax != address)
            throw new LinuxException("mmap", (int)-(long)after.Rax, "the stub's pages");
    }

    /// <summary>Overwrites the type of AT_SYSINFO_EHDR with AT_IGNORE on the initial stack: argc, argv, NULL, envp,
    /// NULL, then pairs up to AT_NULL.</summary>
    private static void HideFromAuxiliaryVector(Tracee tracee, ProcessMemory memory, IReadOnlyList<MapsEntry> maps)
    {
        ulong stack = tracee.GetRegisters().Rsp;
        MapsEntry mapping = maps.First(entry => entry.Start <= stack && stack < entry.End);
        ulong[] words = new ulong[(mapping.End - stack) / sizeof(ulong)];
        memory.Read(stack, MemoryMarshal.AsBytes(words.AsSpan()));
        int at = 1 + (int)words[0] + 1;
        while (words[at] != 0)
            at++;
        for (at++; words[at] != AuxiliaryVector.End; at += 2)
        {
            if (words[at] == AuxiliaryVector.KernelPage)
                memory.Write(stack + (ulong)at * sizeof(ulong), BitConverter.GetBytes(AuxiliaryVector.Ignore));
        }
    }

    /// <summary>Both pointer arrays, then their strings, as they are to lie at <see cref="ArgumentsAddress"/>.</summary>
    private static byte[] ArgumentBlock(
        IReadOnlyList<string> arguments, IReadOnlyList<string> environment, out ulong argv, out ulong envp)
    {
        int pointers = arguments.Count + 1 + environment.Count + 1;
        List<ulong> table = new(pointers);
        using MemoryStream strings = new();
        argv = ArgumentsAddress;
        envp = ArgumentsAddress + (ulong)((arguments.Count + 1) * sizeof(ulong));
        ulong stringsAddress = ArgumentsAddress + (ulong)(pointers * sizeof(ulong));
        foreach (IReadOnlyList<string> list in new[] { arguments, environment })
        {
            foreach (string text in list)
            {
                table.Add(stringsAddress + (ulong)strings.Position);
                strings.Write(Encoding.UTF8.GetBytes(text));
                strings.WriteByte(0);
            }
            table.Add(0);
        }
        byte[] block = new byte[pointers * sizeof(ulong) + strings.Length];
        MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(table)).CopyTo(block);
        strings.GetBuffer().AsSpan(0, (int)strings.Length).CopyTo(block.AsSpan(pointers * sizeof(ulong)));
        return block;
    }
}
