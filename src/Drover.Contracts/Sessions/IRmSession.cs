using Drover.Contracts.Rpc;

namespace Drover.Contracts.Sessions;

public enum AttachError
{
    /// <summary>Address, offset or length is not page aligned, zero, or outside dataspace or user memory.</summary>
    InvalidRange = 1,

    /// <summary>The range overlaps another attachment.</summary>
    Occupied = 2,

    /// <summary>The dataspace does not allow writing.</summary>
    ReadOnly = 3,

    /// <summary>The capability is not a dataspace, or one that may not be attached here.</summary>
    WrongKind = 4,

    OutOfCapabilities = 5,

    /// <summary>The region map would contain itself, or region maps would be nested too deep.</summary>
    Nesting = 6,
}

/// <summary>Rights of an attachment; values as PROT_*.</summary>
[Flags]
public enum AttachRights
{
    Read = 1,
    Write = 2,
}

/// <summary>The component's address space. Well-known selector 4.</summary>
[RpcInterface]
public interface IRmSession
{
    /// <summary>Records that the range of the dataspace is to be at <paramref name="address"/> and gives the attachment's
    /// number, for the private call MapAttachment. All in bytes, page aligned.</summary>
    Attempt<uint, AttachError> Attach(Capability<IDataspace> dataspace, ulong offsetBytes, ulong lengthBytes, ulong address, AttachRights rights);

    /// <summary>Ends the attachment at that address; the component has unmapped it.</summary>
    Attempt<Unit, AttachError> Detach(ulong address);

    /// <summary>Makes an empty region map; the length is rounded up to pages.</summary>
    Attempt<Capability<IRegionMap>, AllocationError> CreateRegionMap(ulong lengthBytes);

    /// <summary>Destroys a region map of this domain: detached everywhere, all capabilities to it and its dataspace void.</summary>
    Attempt<Unit, AllocationError> FreeRegionMap(Capability<IRegionMap> map);
}
