using System.Globalization;
using System.Runtime.InteropServices;
using Drover.Linux.Memory;
using Drover.Linux.Native;
using Drover.Linux.Seccomp;
using Drover.Linux.Stub;
using Drover.Linux.Tracing;

namespace Drover.Linux.Processes;

/// <summary>Takes rights away from a process that is still a stub, or loaded and not yet started.</summary>
internal static class Confinement
{
    private static readonly int LastCapability =
        int.Parse(File.ReadAllText("/proc/sys/kernel/cap_last_cap"), CultureInfo.InvariantCulture);

    /// <summary>The filter that was made last; nearly all components have the same.</summary>
    private static MadeFilter? s_madeFilter;

    /// <summary>Empties the bounding set, so that execve(2) leaves no capability, and forbids to gain any.</summary>
    public static void AddPrivilegeDrop(CallBatch batch)
    {
        for (int capability = 0; capability <= LastCapability; capability++)
            batch.Require("prctl", SystemCall.ProcessControl, Prctl.DropBoundingCapability, (ulong)capability);
        batch.Require("prctl", SystemCall.ProcessControl, Prctl.SetNoNewPrivileges, 1);
    }

    /// <summary>Drops the capabilities of the calling thread; each thread has its own.</summary>
    public static void AddCapabilityDrop(CallBatch batch)
    {
        const ulong Version3 = 0x20080522;
        ulong header = batch.Put(Version3); // version, then pid 0: the caller
        ulong none = batch.Put(new byte[24]);
        batch.Require("capset", SystemCall.CapabilitySet, header, none);
    }

    /// <summary>Installs the filter; from then on only the stub page's calls are let through. Gives the listener.</summary>
    public static SafeFileDescriptor InstallFilter(
        Tracee tracee, ProcessMemory memory, DescriptorChannel channel, IReadOnlyList<int> privateCalls, int leaderId,
        bool trapsMoves = false)
    {
        byte[] filter = FilterFor(privateCalls, leaderId, trapsMoves);
        CallBatch batch = new();
        ulong instructions = batch.Put(filter);
        ulong program = batch.Put(new FilterProgramHeader
        {
            Count = checked((ushort)(filter.Length / BpfInstruction.EncodedBytes)),
            Instructions = instructions,
        });
        int install = batch.Require(
            "seccomp", SystemCall.Seccomp, Native.Seccomp.SetModeFilter, Native.Seccomp.FilterFlagNewListener, program);
        Injector.RunChecked(tracee, memory, batch);
        return channel.Fetch(tracee, memory, (int)batch.Result(install));
    }

    /// <summary>Makes the stub page trap, as it must while any thread of the component can run.</summary>
    public static void DisarmStub(ProcessMemory memory)
    {
        Span<byte> traps = stackalloc byte[(int)StubLayout.CodeBytes];
        traps.Fill(StubCode.Breakpoint);
        memory.WriteForced(StubLayout.CodeAddress, traps);
    }

    /// <summary>Puts the stub's code back, while all threads are stopped.</summary>
    public static void ArmStub(ProcessMemory memory) => memory.WriteForced(StubLayout.CodeAddress, StubCode.Bytes);

    private static byte[] FilterFor(IReadOnlyList<int> privateCalls, int leaderId, bool trapsMoves)
    {
        MadeFilter? made = Volatile.Read(ref s_madeFilter);
        if (made is not null && made.LeaderId == leaderId && made.TrapsMoves == trapsMoves && made.PrivateCalls.SequenceEqual(privateCalls))
            return made.Program;
        byte[] program = FilterProgram.Build(privateCalls, StubLayout.CodeAddress, StubLayout.CodeEnd, leaderId, trapsMoves);
        Volatile.Write(ref s_madeFilter, new MadeFilter([.. privateCalls], leaderId, trapsMoves, program));
        return program;
    }

    private sealed record MadeFilter(int[] PrivateCalls, int LeaderId, bool TrapsMoves, byte[] Program);
}
