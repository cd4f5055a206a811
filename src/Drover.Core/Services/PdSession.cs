using Drover.Contracts;
using Drover.Contracts.Rpc;
using Drover.Contracts.Sessions;
using Drover.Core.Capabilities;
using Drover.Core.Ipc;
using Drover.Core.Memory;
using Drover.Core.Signals;

namespace Drover.Core.Services;

/// <summary>The protection domain as its component sees it. Never blocks; to be served inline.</summary>
public sealed class PdSession(ProtectionDomain domain) : IPdSession
{
    /// <summary>A new object, and the slot that the reply's capability takes: without room for both the object would
    /// come about and nobody would hold it.</summary>
    private const ulong CapabilitiesPerObject = 2;

    public Capability<IDataspace> CapabilitySpaceDataspace() => domain.Table.ToCapability<IDataspace>();

    public Attempt<Capability<IDataspace>, AllocationError> AllocateDataspace(ulong lengthBytes)
    {
        domain.ChargeTouchedPages();
        return Hand<Dataspace, IDataspace>(() => domain.CreateDataspace(lengthBytes));
    }

    public Attempt<Unit, AllocationError> FreeDataspace(Capability<IDataspace> dataspace)
    {
        ArgumentNullException.ThrowIfNull(dataspace);
        return Destroy<Dataspace>(dataspace.Owner);
    }

    public Attempt<Capability<IObject>, AllocationError> CreateGate(uint entrypoint, ulong label) =>
        Hand<Gate, IObject>(() => domain.CreateGate(entrypoint, label));

    public Attempt<Unit, AllocationError> DissolveGate(Capability<IObject> gate)
    {
        ArgumentNullException.ThrowIfNull(gate);
        return Destroy<Gate>(gate.Owner);
    }

    public Attempt<Capability<ISignalSource>, AllocationError> CreateSignalSource() =>
        Hand<SignalSource, ISignalSource>(domain.CreateSignalSource);

    public Attempt<Capability<ISignalContext>, AllocationError> CreateSignalContext(Capability<ISignalSource> source, ulong imprint)
    {
        ArgumentNullException.ThrowIfNull(source);
        return CapabilityArguments.ObjectAs<SignalSource>(source.Owner) is { } own
            ? Hand<SignalContext, ISignalContext>(() => domain.CreateSignalContext(own, imprint))
            : AllocationError.WrongKind;
    }

    public Attempt<Unit, AllocationError> FreeSignalContext(Capability<ISignalContext> context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return Destroy<SignalContext>(context.Owner);
    }

    public QuotaAccount RamQuota()
    {
        domain.ChargeTouchedPages();
        domain.ReclaimFreedMemory();
        return domain.RamAccount;
    }

    public QuotaAccount CapabilityQuota() => domain.CapabilityAccount;

    public Attempt<Unit, AllocationError> FreeSignalSource(Capability<ISignalSource> source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return Destroy<SignalSource>(source.Owner);
    }

    private Attempt<Capability<TInterface>, AllocationError> Hand<TObject, TInterface>(Func<Attempt<TObject, AllocationError>> make)
        where TObject : KernelObject
        where TInterface : class
    {
        Attempt<TObject, AllocationError> attempt = Make(make);
        if (!attempt.Succeeded && domain.ReclaimFreedMemory())
            attempt = Make(make);
        return attempt.TryGet(out TObject? made, out AllocationError error) ? made.ToCapability<TInterface>() : error;
    }

    private Attempt<T, AllocationError> Make<T>(Func<Attempt<T, AllocationError>> make)
        where T : KernelObject
    {
        QuotaAccount capabilities = domain.CapabilityAccount;
        return capabilities.Limit < capabilities.Used + CapabilitiesPerObject ? AllocationError.OutOfCapabilities : make();
    }

    private Attempt<Unit, AllocationError> Destroy<T>(CapabilityOwner owner)
        where T : KernelObject =>
        CapabilityArguments.ObjectAs<T>(owner) is { } own ? domain.DestroyObject(own) : AllocationError.WrongKind;
}
