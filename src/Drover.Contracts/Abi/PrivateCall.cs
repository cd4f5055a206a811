namespace Drover.Contracts.Abi;

/// <summary>
/// The private system calls: a component's only way to talk to core. The numbers are unknown to the kernel, so outside
/// Drover each fails with ENOSYS. Arguments travel in registers as for any x86-64 system call, messages in the calling
/// thread's UTCB. The result is a <see cref="CallResult"/>. All but <see cref="Startup"/> take the thread's sequence
/// number as third argument: a number that differs from the one of the thread's call before; a call that is issued
/// again with the same number gets the answer it had.
/// </summary>
public enum PrivateCall
{
    /// <summary>(abiVersion). Makes the thread known; the result's info is the index of its UTCB. Idempotent. The first
    /// capability entries of that UTCB tell the badges of the well-known selectors, in their order; that is no delivery
    /// beyond the one that each of them has from the beginning.</summary>
    Startup = 3328,

    /// <summary>(selector, info, sequence). Sends the UTCB's message to a gate and waits for the reply.</summary>
    Call = 3329,

    /// <summary>(entrypoint, reply, sequence). Replies to the request the thread is serving, if it serves one, then
    /// waits for the next request to any gate of the entrypoint. <c>reply</c> is a <see cref="CallResult"/>. A status
    /// other than Ok means that the reply was refused and can be made again.</summary>
    ReplyAndWait = 3330,

    /// <summary>(selector of a signal source, 0, sequence). Waits until contexts of the source are pending and takes
    /// them: pairs of 64-bit words {imprint, count} in the UTCB's data.</summary>
    SignalWait = 3331,

    /// <summary>(selector, count, sequence). Gives back <c>count</c> deliveries; the slot is free at zero.</summary>
    Release = 3332,

    /// <summary>(attachment, 0, sequence). The info is a descriptor of the dataspace, to be mapped MAP_SHARED at the
    /// attachment's address, offset, length and rights, and closed. A failure is told by the status. A managed dataspace
    /// is mapped by the node: the call waits for that, and the info is <see cref="AttachmentInfo.MappedByNode"/>.</summary>
    MapAttachment = 3333,

    /// <summary>(selector of a region map, or 0 for the address space; 0; sequence). Waits until what was attached and
    /// detached there before is so in every address space that it concerns. OutOfMemory: the component's own has no room for it.</summary>
    AwaitMappings = 3334,

    /// <summary>(reply, 0, sequence). Replies to the request the thread is serving, as <see cref="ReplyAndWait"/> does,
    /// and returns at once: for a thread that will not serve any more.</summary>
    Reply = 3335,
}
