using Drover.Contracts.Rpc;

namespace Drover.Contracts.Sessions;

/// <summary>What a thread that found nothing attached wanted to do.</summary>
public enum FaultAccess : ulong
{
    Read = 1,
    Write = 2,
}

/// <summary>A thread waits because nothing is attached where it accesses a region map.</summary>
/// <param name="OffsetBytes">Of the page, in the region map.</param>
public readonly record struct RegionFault(ulong OffsetBytes, FaultAccess Access);

/// <summary>Why no fault is told.</summary>
public enum FaultError
{
    /// <summary>No so many faults are pending.</summary>
    NonePending = 1,
}

/// <summary>
/// A region map that can be used as a dataspace: a managed dataspace. What is attached to it is seen wherever that
/// dataspace is attached, from when the private call AwaitMappings has returned.
/// </summary>
[RpcInterface]
public interface IRegionMap
{
    /// <summary>Lets a range of a dataspace be seen at <paramref name="at"/>. All in bytes, page aligned. Where the map is
    /// seen through an attachment with fewer rights, these bound it.</summary>
    Attempt<Unit, AttachError> Attach(Capability<IDataspace> dataspace, ulong offsetBytes, ulong lengthBytes, ulong at, AttachRights rights);

    /// <summary>Ends the attachment at that offset: there is no access there any more, for whoever sees the map.</summary>
    Attempt<Unit, AttachError> Detach(ulong at);

    /// <summary>The region map as a dataspace; the same one at each call. Who holds it can see what is attached, and
    /// cannot attach.</summary>
    Capability<IDataspace> Dataspace();

    /// <summary>Notifies the context whenever a thread comes upon a hole; the thread waits until something is attached
    /// there. Without a handler there is no access to holes.</summary>
    /// <param name="context">Null takes the handler away.</param>
    Attempt<Unit, AttachError> SetFaultHandler(Capability<ISignalContext>? context);

    /// <summary>The faults that wait for an attachment, counted from 0, the oldest first.</summary>
    Attempt<RegionFault, FaultError> PendingFault(uint index);

    ulong LengthBytes();
}
