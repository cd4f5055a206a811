using Drover.Contracts;
using Drover.Contracts.Rpc;
using Drover.Contracts.Sessions;

namespace Drover.Monitor.Interception;

/// <summary>What is attached is in core's region map, from which a checkpoint takes it.</summary>
internal sealed class InterceptedRmSession(SessionCreation creation, IRmSession inner)
    : InterceptedSession(creation), IRmSession
{
    public Attempt<uint, AttachError> Attach(
        Capability<IDataspace> dataspace, ulong offsetBytes, ulong lengthBytes, ulong address, AttachRights rights) =>
        inner.Attach(dataspace, offsetBytes, lengthBytes, address, rights);

    public Attempt<Unit, AttachError> Detach(ulong address) => inner.Detach(address);

    public Attempt<Capability<IRegionMap>, AllocationError> CreateRegionMap(ulong lengthBytes) => inner.CreateRegionMap(lengthBytes);

    public Attempt<Unit, AllocationError> FreeRegionMap(Capability<IRegionMap> map) => inner.FreeRegionMap(map);
}
