using Drover.Contracts;
using Drover.Contracts.Rpc;
using Drover.Contracts.Sessions;

namespace Drover.Monitor.Interception;

/// <summary>What was made through it is in core's description of the domain, from which a checkpoint takes it.</summary>
internal sealed class InterceptedPdSession(SessionCreation creation, IPdSession inner)
    : InterceptedSession(creation), IPdSession
{
    public Capability<IDataspace> CapabilitySpaceDataspace() => inner.CapabilitySpaceDataspace();

    public Attempt<Capability<IDataspace>, AllocationError> AllocateDataspace(ulong lengthBytes) =>
        inner.AllocateDataspace(lengthBytes);

    public Attempt<Unit, AllocationError> FreeDataspace(Capability<IDataspace> dataspace) =>
        inner.FreeDataspace(dataspace);

    public Attempt<Capability<IObject>, AllocationError> CreateGate(uint entrypoint, ulong label) =>
        inner.CreateGate(entrypoint, label);

    public Attempt<Unit, AllocationError> DissolveGate(Capability<IObject> gate) => inner.DissolveGate(gate);

    public Attempt<Capability<ISignalSource>, AllocationError> CreateSignalSource() => inner.CreateSignalSource();

    public Attempt<Capability<ISignalContext>, AllocationError> CreateSignalContext(
        Capability<ISignalSource> source, ulong imprint) => inner.CreateSignalContext(source, imprint);

    public Attempt<Unit, AllocationError> FreeSignalContext(Capability<ISignalContext> context) =>
        inner.FreeSignalContext(context);

    public QuotaAccount RamQuota() => inner.RamQuota();

    public QuotaAccount CapabilityQuota() => inner.CapabilityQuota();

    public Attempt<Unit, AllocationError> FreeSignalSource(Capability<ISignalSource> source) =>
        inner.FreeSignalSource(source);
}
