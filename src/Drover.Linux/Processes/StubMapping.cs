using Drover.Linux.Native;
using Drover.Linux.Stub;

namespace Drover.Linux.Processes;

/// <summary>The calls that put the stub's pages into an address space.</summary>
internal static class StubMapping
{
    private const int Flags = MapFlags.Private | MapFlags.Anonymous | MapFlags.FixedNoReplace;

    public static void Add(CallBatch batch)
    {
        AddCode(batch);
        batch.Require(
            "mmap", SystemCall.MemoryMap,
            StubLayout.DataAddress, StubLayout.DataBytes, Protection.ReadWrite, Flags, ulong.MaxValue, 0);
    }

    /// <summary>Seals both: the component can not unmap, move, protect or map over them.</summary>
    public static void AddSeal(CallBatch batch) =>
        batch.Require(
            "mseal", SystemCall.SealMemory, StubLayout.CodeAddress, StubLayout.End - StubLayout.CodeAddress, 0);

    private static void AddCode(CallBatch batch) =>
        batch.Require(
            "mmap", SystemCall.MemoryMap,
            StubLayout.CodeAddress, StubLayout.CodeBytes, Protection.ReadExecute, Flags, ulong.MaxValue, 0);
}
