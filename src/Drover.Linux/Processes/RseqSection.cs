using System.Runtime.InteropServices;
using Drover.Linux.Memory;
using Drover.Linux.Native;

namespace Drover.Linux.Processes;

/// <summary>Restartable sequences (rseq(2)): a thread that is taken out of one has to go on at its abort handler.</summary>
internal static class RseqSection
{
    private const ulong SectionPointerOffset = 8;

    [StructLayout(LayoutKind.Sequential)]
    private struct Section
    {
        public uint Version;
        public uint Flags;
        public ulong Start;
        public ulong LengthBytes;
        public ulong AbortAddress;
    }

    /// <summary>The abort handler's address if the thread is inside a critical section, else 0. What the thread wrote
    /// may be anything; what cannot be read is no section.</summary>
    public static ulong AbortAddress(in RseqConfiguration rseq, in UserRegisters registers, ProcessMemory memory)
    {
        Section section = default;
        ulong pointer = 0;
        bool found = rseq.Address != 0
            && memory.TryRead(rseq.Address + SectionPointerOffset, MemoryMarshal.AsBytes(new Span<ulong>(ref pointer)))
            && pointer != 0
            && memory.TryRead(pointer, MemoryMarshal.AsBytes(new Span<Section>(ref section)));
        return found && registers.Rip - section.Start < section.LengthBytes ? section.AbortAddress : 0;
    }
}
