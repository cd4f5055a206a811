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
        return CapabilityArguments.ObjectAs<Dataspace>(dataspace.Owner) is { } attached
            ? domain.Attach(attached, offsetBytes, lengthBytes, address, rights)
            : AttachError.WrongKind;
    }

    public Attempt<Unit, AttachError> Detach(ulong address) => domain.Detach(address);
}
