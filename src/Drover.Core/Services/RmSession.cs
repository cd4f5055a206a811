using Drover.Contracts;
using Drover.Contracts.Rpc;
using Drover.Contracts.Sessions;
using Drover.Core.Memory;

namespace Drover.Core.Services;

/// <summary>The address space as its component sees it. Never blocks; to be served inline.</summary>
public sealed class RmSession(ProtectionDomain domain) : IRmSession
{
    public Attempt<uint, AttachError> Attach(
        Capability<IDataspace> dataspace, ulong offsetBytes, ulong lengthBytes, ulong address, AttachRights rights)
    {
        ArgumentNullException.ThrowIfNull(dataspace);
        return CapabilityArguments.ObjectAs<Attachable>(dataspace.Owner) is { } attached
            ? domain.Attach(attached, offsetBytes, lengthBytes, address, rights)
            : AttachError.WrongKind;
    }

    public Attempt<Unit, AttachError> Detach(ulong address) => domain.Detach(address);

    public Attempt<Capability<IRegionMap>, AllocationError> CreateRegionMap(ulong lengthBytes)
    {
        // The map, and the slot that the reply's capability takes: without room for both nobody would hold it.
        QuotaAccount capabilities = domain.CapabilityAccount;
        if (capabilities.Limit < capabilities.Used + 2)
            return AllocationError.OutOfCapabilities;
        return domain.CreateRegionMap(lengthBytes).TryGet(out RegionMapObject? map, out AllocationError error)
            ? map.ToCapability<IRegionMap>()
            : error;
    }

    public Attempt<Unit, AllocationError> FreeRegionMap(Capability<IRegionMap> map)
    {
        ArgumentNullException.ThrowIfNull(map);
        return CapabilityArguments.ObjectAs<RegionMapObject>(map.Owner) is { } own ? domain.DestroyObject(own) : AllocationError.WrongKind;
    }
}
