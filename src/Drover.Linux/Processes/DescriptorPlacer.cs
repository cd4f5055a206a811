using Drover.Linux.Memory;
using Drover.Linux.Native;
using Drover.Linux.Stub;
using Drover.Linux.Tracing;
using Drover.Platform.State;

namespace Drover.Linux.Processes;

/// <summary>Gives a stub the descriptors of a recorded process, and takes those away that it had as a stub. The
/// channel is of no use to it afterwards. Used on the tracer thread only.</summary>
internal sealed class DescriptorPlacer(Tracee leader, ProcessMemory memory, DescriptorChannel channel)
{
    private const ulong EpollAdd = 1;

    public void Place(IReadOnlyList<DescriptorState> descriptors, RebuildResources resources)
    {
        int[] received = channel.Send(leader, memory, resources.DescriptionHandles);
        // First out of the way of all numbers that are wanted, then each to its own.
        int firstHigh = DescriptorChannel.StubDescriptor + 1;
        foreach (DescriptorState descriptor in descriptors)
            firstHigh = Math.Max(firstHigh, descriptor.Number + 1);
        int[] high = MoveUp(received, firstHigh);
        CallBatch batch = new();
        batch.Require("close_range", SystemCall.CloseRange, 0, (ulong)firstHigh - 1, 0);
        foreach (DescriptorState descriptor in descriptors)
        {
            batch = FlushIfFull(batch);
            batch.Require(
                "dup3", SystemCall.Duplicate3, (ulong)high[resources.DescriptionIndex(descriptor)],
                (ulong)descriptor.Number, descriptor.CloseOnExec ? OpenFlags.CloseOnExec : 0UL);
        }
        batch = FlushIfFull(batch);
        batch.Require("close_range", SystemCall.CloseRange, (ulong)firstHigh, uint.MaxValue, 0);
        HashSet<int> watching = [];
        foreach (DescriptorState epoll in descriptors.Where(one => one.Kind == DescriptorKind.Epoll))
        {
            if (watching.Add(epoll.DescriptionId))
                batch = AddWatches(batch, epoll);
        }
        Injector.RunChecked(leader, memory, batch);
    }

    private int[] MoveUp(int[] received, int firstHigh)
    {
        int[] high = new int[received.Length];
        for (int done = 0; done < received.Length;)
        {
            CallBatch batch = new();
            int first = done;
            for (; done < received.Length && batch.HasRoomFor(0); done++)
            {
                batch.Require(
                    "fcntl(F_DUPFD)", SystemCall.FileControl,
                    (ulong)received[done], Fcntl.DuplicateCloseOnExec, (ulong)firstHigh);
            }
            Injector.RunChecked(leader, memory, batch);
            for (int i = 0; i < batch.Count; i++)
                high[first + i] = (int)batch.Result(i);
        }
        return high;
    }

    private CallBatch AddWatches(CallBatch batch, DescriptorState epoll)
    {
        foreach (EpollWatch watch in epoll.Watches)
        {
            batch = FlushIfFull(batch);
            ulong change = batch.Put(new EpollEvent { Events = watch.Events, Data = watch.Data });
            batch.Require(
                "epoll_ctl", SystemCall.EpollControl, (ulong)epoll.Number, EpollAdd, (ulong)watch.Descriptor, change);
        }
        return batch;
    }

    private CallBatch FlushIfFull(CallBatch batch)
    {
        if (batch.HasRoomFor(64))
            return batch;
        Injector.RunChecked(leader, memory, batch);
        return new CallBatch();
    }
}
