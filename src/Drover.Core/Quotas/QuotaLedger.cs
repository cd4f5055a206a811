using Drover.Contracts.Sessions;

namespace Drover.Core.Quotas;

/// <summary>Limit and use of one kind of quota of one domain. Guarded by the kernel's lock.</summary>
internal sealed class QuotaLedger(ulong limit)
{
    public ulong Limit { get; private set; } = limit;

    public ulong Used { get; private set; }

    public ulong Available => Used >= Limit ? 0 : Limit - Used;

    public QuotaAccount Account => new(Limit, Used);

    public bool TryCharge(ulong amount)
    {
        if (amount > Available)
            return false;
        Used += amount;
        return true;
    }

    /// <summary>Charges what is used already and cannot be refused any more, such as memory that was touched.</summary>
    public void ChargeAnyway(ulong amount) => Used = checked(Used + amount);

    public void Refund(ulong amount) => Used = checked(Used - amount);

    /// <summary>Moves unused limit to another ledger; false, and nothing moved, if there is not so much.</summary>
    public bool TryDonate(QuotaLedger receiver, ulong amount)
    {
        if (amount > Available || amount > ulong.MaxValue - receiver.Limit)
            return false;
        Limit -= amount;
        receiver.Limit += amount;
        return true;
    }

    /// <summary>Raises the limit from outside the ledgers; false if it would overflow.</summary>
    public bool TryRaise(ulong amount)
    {
        if (amount > ulong.MaxValue - Limit)
            return false;
        Limit += amount;
        return true;
    }

    /// <summary>Lowers the limit; false if what would be taken away is in use.</summary>
    public bool TryLower(ulong amount)
    {
        if (amount > Available)
            return false;
        Limit -= amount;
        return true;
    }
}
