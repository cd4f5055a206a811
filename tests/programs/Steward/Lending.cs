using Drover.Component;
using Drover.Component.Memory;
using Drover.Component.Sessions;
using Drover.Contracts.Rpc;
using Drover.Contracts.Sessions;

namespace Steward;

/// <summary>Memory that is allocated from what the client donates.</summary>
[RpcInterface]
internal interface ILoan
{
    /// <summary>Bytes that the session may use.</summary>
    ulong Limit();

    /// <summary>Allocates all of it, and says whether the server had it.</summary>
    bool Use();

    /// <summary>Has the server end this very session.</summary>
    void Revoke();

    /// <summary>Sessions that the server has open.</summary>
    uint Sessions();

    /// <summary>The server's account of memory.</summary>
    QuotaAccount Account();

    /// <summary>Ends the server at once.</summary>
    void Die();
}

/// <summary>Two services in one component; each session has an object of its own.</summary>
internal static class Lending
{
    public static void Serve(Env env)
    {
        Service<ILoan>? lending = null;
        Service<ILoan>? other = null;
        lending = Offer("Loans");
        other = Offer("More loans");
        Console.WriteLine("lending");

        Service<ILoan> Offer(string name) => env.Announce<ILoan>(
            name,
            request => request.Arguments == "hang"
                ? Hang()
                : new Loan(env, request.Donation.RamBytes, loan => (name == "Loans" ? lending : other)!.Revoke(loan), () => (uint)(name == "Loans" ? lending : other)!.Sessions),
            closed: loan => ((Loan)loan).GiveUp(),
            upgraded: (loan, donation) => ((Loan)loan).Raise(donation.RamBytes));
    }

    private static ILoan Hang()
    {
        Thread.Sleep(Timeout.Infinite);
        throw new InvalidOperationException("it does not end");
    }

    private sealed class Loan(Env env, ulong limit, Action<ILoan> revoke, Func<uint> sessions) : ILoan
    {
        private ulong _limit = limit;
        private Dataspace? _used;

        public ulong Limit() => _limit;

        public bool Use() => env.TryAllocate(_limit).TryGet(out _used, out _);

        public void Revoke() => revoke(this);

        public uint Sessions() => sessions();

        public QuotaAccount Account() => env.Pd.Client.RamQuota();

        public void Die() => Environment.Exit(3);

        public void Raise(ulong moreBytes) => _limit += moreBytes;

        public void GiveUp()
        {
            _used?.Dispose();
            _used = null;
        }
    }
}
