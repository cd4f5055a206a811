using Drover.Platform.State;

namespace Drover.Platform;

/// <summary>The part of a process's address space that this node keeps in step with what is attached.</summary>
public interface IAddressSpace
{
    /// <summary>Tells who hears of faults; to be called once, before the first change.</summary>
    void ReportFaultsTo(IFaultSink sink);

    /// <summary>
    /// Brings changes about, in order. A running process stands still for that, about a millisecond; one that is stopped
    /// or has not started stays so. Blocks; safe for use by any thread.
    /// </summary>
    /// <returns>The changes for which the process had no room: there is no access in their ranges.</returns>
    /// <exception cref="ObjectDisposedException">The process has ended. One in which access cannot be taken away is ended.</exception>
    IReadOnlyList<MappingChange> Change(IReadOnlyList<MappingChange> changes);
}

/// <summary>What is to lie in a range of an address space from now on, whatever was there.</summary>
/// <param name="Address">Page aligned, as all that follows.</param>
/// <param name="Protection">None: no access.</param>
/// <param name="Memory">Null for a hole. Has to live until the change has been made.</param>
/// <param name="ReportsFaults">A thread that accesses the hole in one of the ways that <paramref name="Protection"/>
/// allows is reported, and waits until another change puts something there.</param>
public sealed record MappingChange(
    ulong Address,
    ulong LengthBytes,
    PageProtection Protection,
    ISharedMemory? Memory = null,
    ulong OffsetBytes = 0,
    bool ReportsFaults = false)
{
    public ulong End => Address + LengthBytes;
}

/// <summary>Hears of threads that wait at a hole. Called on one thread for all processes; must not block.</summary>
public interface IFaultSink
{
    /// <summary>The same fault is told again when its thread was interrupted meanwhile.</summary>
    void Fault(ulong address, bool isWrite);
}
