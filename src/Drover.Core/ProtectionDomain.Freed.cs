using Drover.Platform.Traps;

namespace Drover.Core;

/// <summary>
/// Dataspaces that were freed while a process may still reach their memory. A component that frees without unmapping
/// keeps the pages, so it goes on paying for them; otherwise it could take all the memory of the node for the quota of
/// one dataspace.
/// </summary>
public sealed partial class ProtectionDomain
{
    /// <summary>No longer than the capability quota: each entry keeps the charge of its object.</summary>
    private readonly List<FreedMemory> _freed = [];

    private sealed record FreedMemory(ulong Inode, ulong ChargedBytes, ProtectionDomain[] HandedTo);

    private ulong FreedBytes
    {
        get
        {
            ulong bytes = 0;
            foreach (FreedMemory freed in _freed)
                bytes += freed.ChargedBytes;
            return bytes;
        }
    }

    /// <summary>Gives back the quota of freed dataspaces that no process can reach any more; true if there were any.
    /// Looks into /proc: for when quota is short, not for each call.</summary>
    public bool ReclaimFreedMemory()
    {
        FreedMemory[] candidates;
        using (KernelScope scope = Kernel.Enter())
        {
            if (_freed.Count == 0)
                return false;
            candidates = [.. _freed];
        }

        bool any = false;
        foreach (FreedMemory candidate in candidates)
        {
            if (candidate.HandedTo.Any(domain => domain.Reaches(candidate.Inode)))
                continue;
            using KernelScope scope = Kernel.Enter();
            if (!_freed.Remove(candidate))
                continue;
            RefundObject(candidate.ChargedBytes);
            any = true;
        }

        return any;
    }

    private bool Reaches(ulong inode)
    {
        ITrapPort? port;
        using (KernelScope scope = Kernel.Enter())
            port = IsAlive ? Port : null;
        return port is not null && port.HoldsMemory(inode);
    }

    private void RefundObject(ulong chargedBytes)
    {
        _capabilities.Refund(1);
        _ram.Refund(chargedBytes);
    }
}
