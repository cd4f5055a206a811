using System.Diagnostics.CodeAnalysis;
using Drover.Contracts.Sessions;

namespace Drover.Core.Memory;

/// <summary>
/// The pages of a region map at which threads wait. No more than a few hundred are kept, for a component can leave its
/// faults by signals and make others for ever; a thread whose fault was not kept waits, and comes again when anything is
/// attached. Guarded by the kernel's lock.
/// </summary>
internal sealed class PendingFaults
{
    internal const int MaximumPages = 256;

    private readonly List<RegionFault> _pages = [];

    public int Count => _pages.Count;

    /// <summary>Notes a fault; false if it was known already or there are too many.</summary>
    public bool TryAdd(ulong pageOffset, FaultAccess access)
    {
        int known = _pages.FindIndex(fault => fault.OffsetBytes == pageOffset);
        if (known >= 0)
        {
            if (access == FaultAccess.Write)
                _pages[known] = _pages[known] with { Access = access };
            return false;
        }

        if (_pages.Count == MaximumPages)
            return false;
        _pages.Add(new RegionFault(pageOffset, access));
        return true;
    }

    public bool TryGet(uint index, [MaybeNullWhen(false)] out RegionFault fault)
    {
        bool found = index < (uint)_pages.Count;
        fault = found ? _pages[(int)index] : default;
        return found;
    }

    /// <summary>Something lies there now.</summary>
    public void Resolve(ulong start, ulong end) =>
        _pages.RemoveAll(fault => fault.OffsetBytes >= start && fault.OffsetBytes < end);
}
