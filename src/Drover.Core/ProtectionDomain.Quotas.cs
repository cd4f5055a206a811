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

    /// <summary>
    /// Gives back what was donated to this domain: as much of each kind as it does not use; all of it if it has ended, for
    /// then its own account is gone. It goes to <paramref name="donor"/>, or to nobody if that has ended.
    /// </summary>
    /// <returns>What was given back.</returns>
    public Donation GiveBack(ProtectionDomain donor, Donation donation)
    {
        ArgumentNullException.ThrowIfNull(donor);
        // Memory that was freed counts as used until no process has it mapped any more.
        if (RamAccount is { } ram && ram.Limit - Math.Min(ram.Used, ram.Limit) < donation.RamBytes)
            ReclaimFreedMemory();
        using KernelScope scope = Kernel.Enter();
        Donation returned = donation;
        if (IsAlive)
        {
            returned = LowerUpTo(donation);
        }

        if (!donor.IsAlive)
            return returned;
        donor._ram.TryRaise(returned.RamBytes);
        donor._capabilities.TryRaise(returned.Capabilities);
        return returned;
    }

    /// <summary>Takes away as much of both kinds as is not in use, up to the donation.</summary>
    public Donation WithdrawUpTo(Donation donation)
    {
        using KernelScope scope = Kernel.Enter();
        return LowerUpTo(donation);
    }

    private Donation LowerUpTo(Donation donation)
    {
        Donation lowered = new(Math.Min(donation.RamBytes, _ram.Available), Math.Min(donation.Capabilities, _capabilities.Available));
        _ram.TryLower(lowered.RamBytes);
        _capabilities.TryLower(lowered.Capabilities);
        return lowered;
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
