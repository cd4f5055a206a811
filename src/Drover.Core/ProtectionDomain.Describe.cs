using Drover.Contracts.Abi;
using Drover.Core.Capabilities;
using Drover.Core.Ipc;
using Drover.Core.Memory;
using Drover.Core.Signals;
using Drover.Core.State;

namespace Drover.Core;

public sealed partial class ProtectionDomain
{
    /// <summary>The kernel-side state. Of a domain that is not stopped it is a picture for people: exact for one
    /// moment, but its threads run on.</summary>
    public DomainState Describe()
    {
        using KernelScope scope = Kernel.Enter();
        return DescribeLocked();
    }

    internal DomainState DescribeLocked()
    {
        return new DomainState
        {
            Name = Name,
            Ram = _ram.Account with { Used = _ram.Used - FreedBytes },
            Capabilities = _capabilities.Account with { Used = _capabilities.Used - (ulong)_freed.Count },
            CapabilitySpace = [.. _space.Entries().OrderBy(entry => entry.Selector).Select(DescribeSlot)],
            TableBadge = Table.Badge.Value,
            TableInode = Table.Inode,
            UtcbInode = _utcbs.Memory.Inode,
            Gates = [.. Owned<Gate>().Select(gate => new GateState(gate.Badge.Value, (uint)gate.Entrypoint, gate.Label))],
            Dataspaces =
            [
                .. Owned<Dataspace>().Select(dataspace =>
                    new DataspaceState(dataspace.Badge.Value, dataspace.LengthBytes, dataspace.Inode)),
            ],
            SignalSources = [.. Owned<SignalSource>().Select(source => new SignalSourceState(source.Badge.Value))],
            SignalContexts =
            [
                .. Owned<SignalContext>().Select(context => new SignalContextState(
                    context.Badge.Value, context.Source.Badge.Value, context.Imprint, context.Pending)),
            ],
            RegionMaps = [.. Owned<RegionMapObject>().Select(DescribeMap)],
            Attachments =
            [
                .. _regions.Attachments.Select(attachment => DescribeAttachment(attachment, null)),
                .. Owned<RegionMapObject>().SelectMany(map => map.Regions.Attachments.Select(attachment => DescribeAttachment(attachment, map))),
            ],
            LastAttachment = _attachmentNumbers.Last,
            Threads = [.. _threads.All.Select(DescribeThread)],
        };
    }

    /// <summary>The dataspaces that the domain owns, its tables included.</summary>
    public IReadOnlyList<Dataspace> OwnedDataspaces()
    {
        using KernelScope scope = Kernel.Enter();
        return [Table, .. Owned<Dataspace>()];
    }

    /// <summary>Objects owned by the domain by their badge, those in no slot too; null if there is none.</summary>
    public KernelObject? OwnedObject(ulong badge)
    {
        using KernelScope scope = Kernel.Enter();
        return badge == Table.Badge.Value ? Table : _objects.GetValueOrDefault(new Badge(badge));
    }

    private IEnumerable<T> Owned<T>()
        where T : KernelObject => _objects.Values.OfType<T>().OrderBy(owned => owned.Badge.Value);

    private CapabilityState DescribeSlot((uint Selector, KernelObject Object, uint Deliveries) entry)
    {
        bool isOwned = entry.Object.IsAlive && ReferenceEquals(entry.Object.Owner, this);
        return new CapabilityState(
            entry.Selector,
            entry.Object.Badge.Value,
            entry.Deliveries,
            entry.Object.Kind,
            !entry.Object.IsAlive,
            isOwned,
            isOwned ? "" : entry.Object.Description);
    }

    private static RegionMapState DescribeMap(RegionMapObject map) => new(
        map.Badge.Value, map.Dataspace.Badge.Value, map.LengthBytes, map.FaultHandler?.Badge.Value ?? 0);

    private static AttachmentState DescribeAttachment(Attachment attachment, RegionMapObject? map) => new(
        attachment.Id,
        attachment.Dataspace.Badge.Value,
        (attachment.Dataspace as Dataspace)?.Inode ?? 0,
        attachment.OffsetBytes,
        attachment.LengthBytes,
        attachment.Address,
        attachment.Rights,
        map?.Badge.Value ?? 0);

    private ThreadIpcState DescribeThread(KernelThread thread)
    {
        RecordedPhase phase = PhaseOf(thread);
        KernelThread? caller = thread.Serving is { } right && right.IsHeldBy(thread) ? right.Caller as KernelThread : null;
        return new ThreadIpcState
        {
            ThreadId = thread.NamespaceThreadId,
            Slot = thread.Slot,
            Generation = thread.Generation,
            Phase = phase,
            Call = phase == RecordedPhase.Idle ? 0 : (int)thread.Call,
            Sequence = phase == RecordedPhase.Idle ? 0 : thread.Sequence,
            Answer = phase == RecordedPhase.Answered ? thread.Kept.Value : 0,
            AnswerAttachment = phase == RecordedPhase.Answered ? thread.KeptAttachment : 0,
            Entrypoint = phase == RecordedPhase.Waiting ? Array.IndexOf(_entrypoints, thread.WaitsAt) : 0,
            SignalSourceBadge = phase == RecordedPhase.WaitingForSignal ? ((SignalSource)thread.WaitsAt!).Badge.Value : 0,
            TargetBadge = thread.Target?.Badge.Value ?? 0,
            IsServing = thread.Serving is not null,
            ServedSlot = caller?.Slot ?? -1,
            ServedSequence = caller?.Sequence ?? 0,
            ServedDomainBadge = caller is null || ReferenceEquals(caller.Domain, this) ? 0 : caller.Domain.Table.Badge.Value,
            Arrival = DescribeArrival(thread.Arrival),
        };
    }

    private RecordedPhase PhaseOf(KernelThread thread) => thread.Phase switch
    {
        ThreadPhase.Waiting => RecordedPhase.Waiting,
        ThreadPhase.WaitingForSignal => RecordedPhase.WaitingForSignal,
        ThreadPhase.Answered => RecordedPhase.Answered,
        ThreadPhase.Calling when thread.Server is { } server && ReferenceEquals(server.Domain, this) => RecordedPhase.CallingInside,
        ThreadPhase.Calling when thread.Server is not null || thread.HeldBack is not null => RecordedPhase.CallingOutside,
        // A service inside the node works on it; in a stopped domain none does, and the call only stands in line.
        ThreadPhase.Calling when thread.Service is not null && !IsStopped => RecordedPhase.CallingOutside,
        _ => RecordedPhase.Idle,
    };

    private static ArrivalState DescribeArrival(Arrival arrival)
    {
        var capabilities = new ArrivedCapability[arrival.Count];
        for (int i = 0; i < capabilities.Length; i++)
            capabilities[i] = new ArrivedCapability(arrival.SelectorAt(i), arrival.BadgeAt(i));
        return new ArrivalState(arrival.GateBadge, capabilities);
    }
}
