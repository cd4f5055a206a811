using Drover.Contracts;
using Drover.Contracts.Rpc;
using Drover.Contracts.Sessions;
using Drover.Core.Capabilities;
using Drover.Core.Ipc;
using Drover.Core.Quotas;
using Drover.Core.Services;
using Drover.Core.Signals;

namespace Drover.Core.Memory;

/// <summary>A region map that is used as a dataspace. Who holds it can attach; who holds its dataspace can only see.</summary>
public sealed class RegionMapObject : KernelObject, IServedObject
{
    /// <summary>No address space has room for more.</summary>
    internal const ulong MaximumBytes = 1UL << 46;

    private IRpcDispatcher? _dispatcher;

    internal RegionMapObject(
        Kernel kernel, ProtectionDomain owner, ulong lengthBytes, QuotaLedger capabilities, AttachmentNumbers numbers)
        : base(kernel, owner, kernel.NextBadge())
    {
        LengthBytes = lengthBytes;
        Regions = new RegionMap(this, lengthBytes, capabilities, numbers);
        Dataspace = new ManagedDataspace(kernel, owner, kernel.NextBadge(), this);
    }

    public override KernelObjectKind Kind => KernelObjectKind.RegionMap;

    public override string Description => "region map";

    public ulong LengthBytes { get; }

    public ManagedDataspace Dataspace { get; }

    /// <summary>Notified of faults, as long as it is alive; null if holes give no access. Guarded by the kernel's lock.</summary>
    public KernelObject? FaultHandler { get; private set; }

    ServiceMode IServedObject.Mode => ServiceMode.Inline;

    IRpcDispatcher IServedObject.Dispatcher =>
        _dispatcher ??= RpcBinding<IRegionMap>.CreateDispatcher(new Service(this));

    internal RegionMap Regions { get; }

    internal PendingFaults Faults { get; } = new();

    /// <summary>Attaches; charged to the map's owner.</summary>
    public Attempt<uint, AttachError> Attach(
        Attachable dataspace, ulong offsetBytes, ulong lengthBytes, ulong at, AttachRights rights)
    {
        ArgumentNullException.ThrowIfNull(dataspace);
        using KernelScope scope = Kernel.Enter();
        return IsAlive ? Regions.Attach(dataspace, offsetBytes, lengthBytes, at, rights) : AttachError.WrongKind;
    }

    public Attempt<Unit, AttachError> Detach(ulong at)
    {
        using KernelScope scope = Kernel.Enter();
        return Regions.Detach(at);
    }

    /// <summary>Sets who is told of faults: a signal context, or what stands for one that is gone, whose faults then wait
    /// for ever; null if holes shall give no access.</summary>
    public void SetFaultHandler(KernelObject? handler)
    {
        using KernelScope scope = Kernel.Enter();
        bool hadHandler = FaultHandler is not null;
        FaultHandler = IsAlive ? handler : null;
        if (hadHandler != FaultHandler is not null)
            Regions.Changed();
        if (Faults.Count > 0)
            Notify();
    }

    public Attempt<RegionFault, FaultError> PendingFault(uint index)
    {
        using KernelScope scope = Kernel.Enter();
        return Faults.TryGet(index, out RegionFault fault) ? fault : FaultError.NonePending;
    }

    /// <summary>A thread waits at a hole.</summary>
    internal void Fault(ulong pageOffset, FaultAccess access)
    {
        if (FaultHandler is not null && Faults.TryAdd(pageOffset, access))
            Notify();
    }

    /// <summary>Nothing is attached to it, and it is attached nowhere, any more.</summary>
    internal void End()
    {
        IsAlive = false;
        Dataspace.IsAlive = false;
        Dataspace.DetachEverywhere();
        Regions.Clear();
        FaultHandler = null;
    }

    private void Notify() => (FaultHandler as SignalContext)?.Submit(1);

    private sealed class Service(RegionMapObject map) : IRegionMap
    {
        public Attempt<Unit, AttachError> Attach(
            Capability<IDataspace> dataspace, ulong offsetBytes, ulong lengthBytes, ulong at, AttachRights rights)
        {
            if (CapabilityArguments.ObjectAs<Attachable>(dataspace.Owner) is not { } attached)
                return AttachError.WrongKind;
            return map.Attach(attached, offsetBytes, lengthBytes, at, rights).TryGet(out _, out AttachError error) ? Unit.Value : error;
        }

        public Attempt<Unit, AttachError> Detach(ulong at) => map.Detach(at);

        public Capability<IDataspace> Dataspace() => map.Dataspace.ToCapability<IDataspace>();

        public Attempt<Unit, AttachError> SetFaultHandler(Capability<ISignalContext>? context)
        {
            SignalContext? handler = context is null ? null : CapabilityArguments.ObjectAs<SignalContext>(context.Owner);
            if (context is not null && handler is null)
                return AttachError.WrongKind;
            map.SetFaultHandler(handler);
            return Unit.Value;
        }

        public Attempt<RegionFault, FaultError> PendingFault(uint index) => map.PendingFault(index);

        public ulong LengthBytes() => map.LengthBytes;
    }
}
