using Drover.Contracts.Sessions;
using Drover.Core.Memory;
using Drover.Platform;

namespace Drover.Core;

/// <summary>The accounts.</summary>
public sealed partial class ProtectionDomain
{
    private ulong _touchedBytes;

    /// <summary>Bytes of memory.</summary>
    public QuotaAccount RamAccount
    {
        get
        {
            using KernelScope scope = Kernel.Enter();
            return _ram.Account;
        }
    }

    /// <summary>Slots, objects and attachments.</summary>
    public QuotaAccount CapabilityAccount
    {
        get
        {
            using KernelScope scope = Kernel.Enter();
            return _capabilities.Account;
        }
    }

    /// <summary>Moves unused quota of both kinds to another domain; false, and nothing moved, if there is not so much.</summary>
    public bool TryDonate(ProtectionDomain receiver, Donation donation)
    {
        ArgumentNullException.ThrowIfNull(receiver);
        using KernelScope scope = Kernel.Enter();
        if (!IsAlive || !receiver.IsAlive || !_ram.TryDonate(receiver._ram, donation.RamBytes))
            return false;
        if (_capabilities.TryDonate(receiver._capabilities, donation.Capabilities))
            return true;
        receiver._ram.TryLower(donation.RamBytes);
        _ram.TryRaise(donation.RamBytes);
        return false;
    }

    /// <summary>Takes unused quota of both kinds away, to a service inside the node; false if there is not so much.</summary>
    public bool TryWithdraw(Donation donation)
    {
        using KernelScope scope = Kernel.Enter();
        if (!_ram.TryLower(donation.RamBytes))
            return false;
        if (_capabilities.TryLower(donation.Capabilities))
            return true;
        _ram.TryRaise(donation.RamBytes);
        return false;
    }

    /// <summary>Gives quota of both kinds; false if an account would overflow.</summary>
    public bool TryGrant(Donation donation)
    {
        using KernelScope scope = Kernel.Enter();
        if (!_ram.TryRaise(donation.RamBytes))
            return false;
        if (_capabilities.TryRaise(donation.Capabilities))
            return true;
        _ram.TryLower(donation.RamBytes);
        return false;
    }

    /// <summary>Charges memory that is not a dataspace, such as what the launcher allows the process for itself.</summary>
    public bool TryChargeRam(ulong bytes)
    {
        using KernelScope scope = Kernel.Enter();
        return _ram.TryCharge(bytes);
    }

    /// <summary>Tables and UTCBs are reserved sparsely; what was touched of them is charged here, refused or not.</summary>
    internal void ChargeTouchedPages()
    {
        if (!Table.TryLease(out DataspaceLease? lease))
            return;
        ulong touched;
        using (lease)
            touched = PopulatedBytes(lease.Memory);
        using KernelScope scope = Kernel.Enter();
        if (touched <= _touchedBytes)
            return;
        _ram.ChargeAnyway(touched - _touchedBytes);
        _touchedBytes = touched;
    }

    private static ulong PopulatedBytes(ISharedMemory memory)
    {
        ulong bytes = 0;
        foreach ((_, ulong lengthBytes) in memory.PopulatedRanges())
            bytes += lengthBytes;
        return bytes;
    }
}
