using Drover.Contracts;
using Drover.Contracts.Sessions;
using Drover.Core.Memory;

namespace Drover.Core;

/// <summary>The region maps: the address space, and those that are used as dataspaces.</summary>
public sealed partial class ProtectionDomain
{
    private readonly AttachmentNumbers _attachmentNumbers = new();

    /// <summary>Makes an empty region map; the length is rounded up to pages.</summary>
    public Attempt<RegionMapObject, AllocationError> CreateRegionMap(ulong lengthBytes)
    {
        if (lengthBytes == 0 || lengthBytes > RegionMapObject.MaximumBytes)
            return AllocationError.InvalidArgument;
        ulong rounded = (lengthBytes + RegionMap.PageBytes - 1) & ~(RegionMap.PageBytes - 1);
        using KernelScope scope = Kernel.Enter();
        if (!TryChargeObject())
            return AllocationError.OutOfCapabilities;
        return Own(new RegionMapObject(Kernel, this, rounded, _capabilities, _attachmentNumbers));
    }

    /// <summary>See <see cref="IRmSession.Attach"/>.</summary>
    public Attempt<uint, AttachError> Attach(
        Attachable dataspace, ulong offsetBytes, ulong lengthBytes, ulong address, AttachRights rights)
    {
        ArgumentNullException.ThrowIfNull(dataspace);
        using KernelScope scope = Kernel.Enter();
        if (!IsAlive)
            return AttachError.OutOfCapabilities;
        return _regions.Attach(dataspace, offsetBytes, lengthBytes, address, rights);
    }

    public Attempt<Unit, AttachError> Detach(ulong address)
    {
        using KernelScope scope = Kernel.Enter();
        return _regions.Detach(address);
    }

    internal Attempt<Unit, AttachError> RestoreAttachment(Attachment attachment, RegionMapObject? map)
    {
        using KernelScope scope = Kernel.Enter();
        // The rebuilt process has it mapped without having asked for a descriptor.
        if (map is null && attachment.Dataspace is Dataspace mapped)
            mapped.HandTo(this, attachment.Rights);
        return (map?.Regions ?? _regions).Restore(attachment);
    }

    internal void GoOnNumberingFrom(uint lastAttachment)
    {
        using KernelScope scope = Kernel.Enter();
        _attachmentNumbers.GoOnFrom(lastAttachment);
    }
}
