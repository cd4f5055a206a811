using System.Collections.Concurrent;
using Drover.Linux.Memory;
using Drover.Linux.Native;
using Drover.Linux.Stub;
using Drover.Linux.Tracing;
using Drover.Linux.Userfault;
using Drover.Platform;
using Drover.Platform.State;

namespace Drover.Linux.Processes;

/// <summary>Gives a stub the mappings of a recorded process and their content. Used on the tracer thread only.</summary>
internal sealed class AddressSpaceBuilder(Tracee leader, ProcessMemory memory, DescriptorChannel channel)
{
    /// <summary>Less is filled in a few milliseconds as it is.</summary>
    private const ulong HugeWorthwhileBytes = 16 << 20;

    public void Map(IReadOnlyList<MappingState> mappings, RebuildResources resources)
    {
        int[] numbers = channel.Send(leader, memory, resources.MappingHandles);
        CallBatch batch = new();
        for (int i = 0; i < mappings.Count; i++)
        {
            if (!batch.HasRoomFor(0))
                batch = Flush(batch);
            int index = resources.MappingIndex(i);
            MappingState mapping = mappings[i];
            batch.Require(
                "mmap", SystemCall.MemoryMap, mapping.Start, mapping.LengthBytes, (ulong)mapping.Protection,
                (ulong)Flags(mapping), index < 0 ? ulong.MaxValue : (ulong)numbers[index], mapping.OffsetBytes);
        }
        if (!batch.HasRoomFor(0))
            batch = Flush(batch);
        batch.Require("close_range", SystemCall.CloseRange, NamespaceInit.LastIdDescriptor, uint.MaxValue, 0);
        Flush(batch);
    }

    /// <summary>In a copy of the recorded address space, puts dataspaces in the place of those that were shared with it.</summary>
    public void Replace(
        IReadOnlyList<MappingState> mappings, IReadOnlyList<(ulong Address, ulong LengthBytes)> reserved, RebuildResources resources)
    {
        int[] numbers = channel.Send(leader, memory, resources.MappingHandles);
        CallBatch batch = new();
        foreach ((ulong address, ulong lengthBytes) in reserved)
        {
            if (!batch.HasRoomFor(0))
                batch = Flush(batch);
            int flags = MapFlags.Fixed | MapFlags.Private | MapFlags.Anonymous | MapFlags.NoReserve;
            batch.Require("mmap", SystemCall.MemoryMap, address, lengthBytes, 0, (ulong)flags, ulong.MaxValue, 0);
        }

        for (int i = 0; i < mappings.Count; i++)
        {
            int index = resources.MappingIndex(i);
            if (index < 0)
                continue;
            if (!batch.HasRoomFor(0))
                batch = Flush(batch);
            MappingState mapping = mappings[i];
            batch.Require(
                "mmap", SystemCall.MemoryMap, mapping.Start, mapping.LengthBytes, (ulong)mapping.Protection,
                (ulong)(MapFlags.Fixed | MapFlags.Shared), (ulong)numbers[index], mapping.OffsetBytes);
        }

        if (!batch.HasRoomFor(0))
            batch = Flush(batch);
        batch.Require("close_range", SystemCall.CloseRange, NamespaceInit.LastIdDescriptor, uint.MaxValue, 0);
        Flush(batch);
    }

    /// <summary>Gives huge pages to memory that <see cref="Fill"/> is going to write as a whole: one page fault then does for 512, and forks are
    /// quicker later. Where there are none it does nothing.</summary>
    public void TakeHugePages(IReadOnlyList<MappingState> mappings, IReadOnlyList<PageRun> runs)
    {
        if (!HugePages.AreAllowed())
            return;
        List<PageRun> blocks = HugePages.WholeBlocks(runs, mappings);
        if (PageRuns.LengthBytes(blocks) < HugeWorthwhileBytes)
            return;
        // The kernel gathers what is there, so something has to be.
        Span<byte> first = stackalloc byte[1];
        foreach (PageRun run in blocks)
        {
            for (ulong block = run.Address; block < run.End; block += HugePages.HugeBytes)
                memory.TryWrite(block, first);
        }

        CallBatch batch = new();
        foreach (PageRun run in blocks)
        {
            if (!batch.HasRoomFor(0))
                batch = Flush(batch);
            batch.Add(SystemCall.MemoryAdvise, run.Address, run.LengthBytes, HugePages.Collapse);
        }

        Flush(batch);
    }

    /// <summary>Writes recorded pages, by several threads where there are many. The mappings have their rights already.</summary>
    public void Fill(IPageSource pages, IReadOnlyList<PageRun> runs)
    {
        ConcurrentQueue<PageRun> forced = [];
        PageParts.ForEach(runs, () =>
        {
            byte[] buffer = GC.AllocateUninitializedArray<byte>(PageParts.MostBytes);
            return part =>
            {
                Span<byte> content = buffer.AsSpan(0, (int)part.LengthBytes);
                pages.Read(part.Address, content);
                if (!memory.TryWrite(part.Address, content))
                    forced.Enqueue(part);
            };
        });
        // What the component itself may not write (code, constants) goes the slower way, which where the kernel was started
        // with proc_mem.force_override=ptrace is open to the tracer thread only.
        byte[] chunk = GC.AllocateUninitializedArray<byte>(forced.IsEmpty ? 0 : PageParts.MostBytes);
        foreach (PageRun part in forced)
        {
            Span<byte> content = chunk.AsSpan(0, (int)part.LengthBytes);
            pages.Read(part.Address, content);
            memory.WriteForced(part.Address, content);
        }
    }

    /// <summary>Sees to it that the recorded pages of anonymous memory come when they are needed, and writes the others.</summary>
    public LazyFill FillLater(RebuildRequest request)
    {
        (List<PageRun> later, List<PageRun> now) = LazyFill.Split(request.Pages.Runs, request.State.Mappings);
        Fill(request.Pages, now);
        FillDescriptor descriptor = FillDescriptor.Create(leader, memory, channel);
        IDisposable hold;
        try
        {
            hold = request.HoldPages!();
        }
        catch
        {
            descriptor.Dispose();
            throw;
        }

        return LazyFill.Begin(descriptor, later, request.State.Mappings, request.Pages, hold, leader.ThreadId);
    }

    private static int Flags(MappingState mapping)
    {
        int flags = MapFlags.FixedNoReplace | mapping.Backing switch
        {
            MappingBacking.Anonymous => MapFlags.Private | MapFlags.Anonymous,
            MappingBacking.PrivateFile => MapFlags.Private,
            _ => MapFlags.Shared,
        };
        if (mapping.GrowsDown)
            flags |= MapFlags.GrowsDown;
        if (mapping.NoReserve)
            flags |= MapFlags.NoReserve;
        return flags;
    }

    private CallBatch Flush(CallBatch batch)
    {
        Injector.RunChecked(leader, memory, batch);
        return new CallBatch();
    }
}
