using System.Runtime.InteropServices;
using Drover.Linux.Memory;
using Drover.Linux.Native;
using Drover.Linux.Stub;
using Drover.Linux.Tracing;
using Drover.Platform;
using Drover.Platform.State;

namespace Drover.Linux.Processes;

/// <summary>Changes the mappings of a stopped component by calls injected into one of its threads, whose registers and
/// mask the caller puts back. Tracer thread only.</summary>
internal sealed class MappingChanger(ProcessParts parts, Tracee thread)
{
    private const ulong NoDescriptor = ulong.MaxValue;

    /// <summary>Gives the changes that the process had no room for; there is no access in their ranges. Throws if
    /// access cannot be taken away.</summary>
    public IReadOnlyList<MappingChange> Apply(IReadOnlyList<MappingChange> changes)
    {
        List<SafeHandle> handles = [.. changes.Where(change => change.Memory is not null).Select(Handle).Distinct()];
        int[]? numbers = TryBring(handles);
        long[] results = new long[changes.Count];
        CallBatch batch = new();
        int first = 0;
        for (int i = 0; i < changes.Count; i++)
        {
            if (!batch.HasRoomFor(0))
            {
                Flush(ref batch, results, ref first);
            }

            AddMapping(batch, changes[i], handles, numbers);
        }

        Flush(ref batch, results, ref first);
        Close(numbers ?? []);
        List<MappingChange> failed = [];
        for (int i = 0; i < changes.Count; i++)
        {
            if (!IsMade(changes[i], results[i], numbers is not null))
                failed.Add(changes[i]);
        }

        TakeAway(failed);
        return failed;
    }

    private static SafeHandle Handle(MappingChange change) =>
        change.Protection.HasFlag(PageProtection.Write) ? change.Memory!.Descriptor : change.Memory!.ReadOnlyDescriptor;

    /// <summary>Null if the component's table of descriptors is full.</summary>
    private int[]? TryBring(List<SafeHandle> handles)
    {
        try
        {
            return LateDescriptors.Bring(parts.Init, thread, parts.Memory, handles);
        }
        catch (LinuxException)
        {
            return null;
        }
    }

    private static void AddMapping(CallBatch batch, MappingChange change, List<SafeHandle> handles, int[]? numbers)
    {
        if (change.Memory is not null && numbers is not null)
        {
            batch.Add(
                SystemCall.MemoryMap, change.Address, change.LengthBytes, (ulong)change.Protection,
                MapFlags.Shared | MapFlags.Fixed, (ulong)numbers[handles.IndexOf(Handle(change))], change.OffsetBytes);
            return;
        }

        PageProtection protection = change is { Memory: null, ReportsFaults: true } ? change.Protection : PageProtection.None;
        int flags = MapFlags.Private | MapFlags.Anonymous | MapFlags.NoReserve | MapFlags.Fixed;
        batch.Add(
            SystemCall.MemoryMap, change.Address, change.LengthBytes, (ulong)protection, (ulong)flags, NoDescriptor, 0);
    }

    private void Flush(ref CallBatch batch, long[] results, ref int first)
    {
        if (!batch.IsEmpty)
            Injector.Run(thread, parts.Memory, batch);
        for (int i = 0; i < batch.Count; i++)
            results[first + i] = batch.Result(i);
        first += batch.Count;
        batch = new CallBatch();
    }

    private bool IsMade(MappingChange change, long result, bool haveDescriptors)
    {
        if (result != (long)change.Address)
            return false;
        parts.Userfault.ForgetFaults(change.Address, change.End);
        if (change.Memory is not null)
            return haveDescriptors;
        return !change.ReportsFaults || parts.Userfault.TryReportFaults(change.Address, change.End);
    }

    private void TakeAway(List<MappingChange> failed)
    {
        for (int first = 0; first < failed.Count;)
        {
            CallBatch batch = new();
            int flags = MapFlags.Private | MapFlags.Anonymous | MapFlags.NoReserve | MapFlags.Fixed;
            for (; first < failed.Count && batch.HasRoomFor(0); first++)
            {
                batch.Require(
                    "mmap", SystemCall.MemoryMap, failed[first].Address, failed[first].LengthBytes, 0, (ulong)flags, NoDescriptor, 0);
            }

            Injector.RunChecked(thread, parts.Memory, batch);
        }
    }

    private void Close(int[] numbers)
    {
        for (int first = 0; first < numbers.Length;)
        {
            CallBatch batch = new();
            for (; first < numbers.Length && batch.HasRoomFor(0); first++)
                batch.Require("close", SystemCall.Close, (ulong)numbers[first]);
            Injector.RunChecked(thread, parts.Memory, batch);
        }
    }
}
