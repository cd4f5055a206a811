using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Drover.Linux.Memory;
using Drover.Linux.Native;
using Drover.Linux.Stub;
using Drover.Linux.Tracing;
using Drover.Platform;
using Drover.Platform.State;
using ThreadState = Drover.Platform.State.ThreadState;

namespace Drover.Linux.Processes;

/// <summary>Checks a recorded state, which may come from an enemy, before anything is built from it.</summary>
/// <remarks>What only the kernel can judge (a vector state, a frame base) it refuses itself during the building.</remarks>
internal static class StateValidator
{
    private const int HighestThreadId = 1 << 22;
    private const int MappingLimit = 65_000;
    private const int PendingLimit = 4096;
    private const int NameLimit = 15;
    private const int SmallestExtendedState = 576;
    private const int LargestExtendedState = 16384;
    private const int LargestAuxiliaryVector = 512;
    private const ulong UserCodeSelector = 0x33;
    private const ulong UserStackSelector = 0x2b;

    public static void Check(RebuildRequest request)
    {
        ProcessState state = request.State;
        CheckThreads(state.Threads, request.Limits.Threads);
        CheckMappings(state.Mappings, request.Limits.PrivateMemoryBytes);
        CheckPages(state.Mappings, request.Pages.Runs);
        CheckSignals(state);
        DescriptorValidator.Check(state.Descriptors);
        Require(state.Layout.AuxiliaryVector.Length <= LargestAuxiliaryVector, "its auxiliary vector is too long");
        Require(
            state.NextThreadId is >= 0 and <= HighestThreadId, $"its next thread id is {state.NextThreadId}");
        Require(state.Processors is null || state.Processors.Length <= ProcessorSet.LimitBytes, "its node has too many CPUs");
        Require(state.MonotonicNanoseconds >= 0 && state.BoottimeNanoseconds >= 0, "its clocks are negative");
    }

    internal static void Require(bool holds, string fault)
    {
        if (!holds)
            throw new InvalidProcessStateException(fault);
    }

    private static void CheckThreads(IReadOnlyList<ThreadState> threads, int limit)
    {
        Require(threads.Count >= 1, "it has no thread");
        Require(threads.Count <= limit, $"it has {threads.Count} threads where {limit} are allowed");
        HashSet<int> ids = [];
        foreach (ThreadState thread in threads)
        {
            int id = thread.ThreadId;
            Require(id is > 1 and < HighestThreadId, $"a thread has the id {id}");
            Require(ids.Add(id), $"two threads have the id {id}");
            Require(
                thread.GeneralRegisters.Length == Unsafe.SizeOf<UserRegisters>(), $"thread {id} has no complete registers");
            UserRegisters registers = MemoryMarshal.Read<UserRegisters>(thread.GeneralRegisters);
            Require(
                registers is { Cs: UserCodeSelector, Ss: UserStackSelector }, $"thread {id} does not run 64-bit code");
            Require(
                thread.ExtendedState.Length is >= SmallestExtendedState and <= LargestExtendedState,
                $"thread {id} has {thread.ExtendedState.Length} bytes of vector state");
            Require(
                thread.Name.Length <= NameLimit && thread.Name.All(letter => letter is > '\0' and <= '\xff'),
                $"thread {id} has a name that Linux does not take");
            Require(thread.Affinity.Length <= ProcessorSet.LimitBytes, $"thread {id} has too long a CPU mask");
            CheckPending(thread.PendingSignals, $"thread {id}");
        }
    }

    private static void CheckMappings(IReadOnlyList<MappingState> mappings, ulong privateLimitBytes)
    {
        Require(mappings.Count is > 0 and <= MappingLimit, $"it has {mappings.Count} mappings");
        ulong free = StubLayout.End;
        ulong dataBytes = 0;
        foreach (MappingState mapping in mappings)
        {
            Require(mapping.Start >= free, $"the mapping at 0x{mapping.Start:x} overlaps the one before it or the stub");
            Require(
                mapping.Start < mapping.End && mapping.End <= PageMath.UserEnd
                && PageMath.IsAligned(mapping.Start) && PageMath.IsAligned(mapping.End),
                $"the mapping 0x{mapping.Start:x}-0x{mapping.End:x} is no range of pages");
            Require((uint)mapping.Protection <= 7, $"the mapping at 0x{mapping.Start:x} has unknown rights");
            CheckBacking(mapping);
            free = mapping.End;
            bool isPrivate = mapping.Backing is MappingBacking.Anonymous or MappingBacking.PrivateFile;
            if (isPrivate && !mapping.GrowsDown && mapping.Protection.HasFlag(PageProtection.Write))
                dataBytes += mapping.LengthBytes;
        }
        Require(
            dataBytes <= privateLimitBytes,
            $"it has {dataBytes} bytes of private memory where {privateLimitBytes} are allowed");
    }

    private static void CheckBacking(MappingState mapping)
    {
        string which = $"the mapping at 0x{mapping.Start:x}";
        bool isAnonymous = mapping.Backing == MappingBacking.Anonymous;
        bool isFile = mapping.Backing is MappingBacking.PrivateFile or MappingBacking.SharedFile;
        Require(isAnonymous || isFile || mapping.Backing == MappingBacking.Dataspace, $"{which} has unknown backing");
        Require(isFile == mapping.File is not null, $"{which} names a file wrongly");
        Require(isAnonymous || !mapping.GrowsDown, $"{which} can not grow");
        Require(
            PageMath.IsAligned(mapping.OffsetBytes) && mapping.OffsetBytes <= long.MaxValue - mapping.LengthBytes,
            $"{which} has the offset 0x{mapping.OffsetBytes:x}");
        Require(
            mapping.Backing != MappingBacking.SharedFile || !mapping.Protection.HasFlag(PageProtection.Write),
            $"{which} could write to a file");
    }

    /// <summary>Each run lies within private mappings that touch.</summary>
    private static void CheckPages(IReadOnlyList<MappingState> mappings, IReadOnlyList<PageRun> runs)
    {
        ulong free = 0;
        int index = 0;
        foreach (PageRun run in runs)
        {
            ulong end = unchecked(run.Address + run.LengthBytes);
            Require(
                PageMath.IsAligned(run.Address) && PageMath.IsAligned(run.LengthBytes) && run.Address >= free
                && end > run.Address, $"the pages at 0x{run.Address:x} are out of order");
            ulong covered = run.Address;
            while (covered < end)
            {
                while (index < mappings.Count && mappings[index].End <= covered)
                    index++;
                bool inside = index < mappings.Count && mappings[index].Start <= covered
                    && mappings[index].Backing is MappingBacking.Anonymous or MappingBacking.PrivateFile;
                Require(inside, $"the page at 0x{covered:x} is in no private mapping");
                covered = Math.Min(end, mappings[index].End);
            }
            free = end;
        }
    }

    private static void CheckSignals(ProcessState state)
    {
        foreach (SignalActionState action in state.SignalActions)
        {
            Require(
                action.Signal is >= 1 and <= Signals.Last and not Signals.Kill and not Signals.Stop,
                $"it handles signal {action.Signal}");
        }
        CheckPending(state.PendingSignals, "the process");
    }

    private static void CheckPending(IReadOnlyList<byte[]> pending, string whose)
    {
        Require(pending.Count <= PendingLimit, $"too many signals are pending for {whose}");
        foreach (byte[] information in pending)
        {
            bool wellFormed = information.Length == Ptrace.SignalInformationBytes
                && BinaryPrimitives.ReadInt32LittleEndian(information) is >= 1 and <= Signals.Last;
            Require(wellFormed, $"a signal pending for {whose} is malformed");
        }
    }
}
