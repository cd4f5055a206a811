using Drover.Component;
using Drover.Component.Sessions;
using Drover.Contracts.Sessions;

namespace Steward;

/// <summary>Opens sessions of <see cref="Lending"/> with donations, and says what came of each step.</summary>
internal static class Borrowing
{
    private const ulong Donated = 16 << 20;

    public static int Try(Env env)
    {
        ulong before = env.Pd.Client.RamQuota().Limit;
        Session<ILoan> first = Open(env, "Loans");
        Session<ILoan> second = Open(env, "Loans");
        Session<ILoan> other = Open(env, "More loans");
        Console.WriteLine($"given {before - env.Pd.Client.RamQuota().Limit}, sessions {first.Client.Sessions()} and {other.Client.Sessions()}");
        Console.WriteLine($"upgraded: {second.Upgrade(new Donation(Donated, 3)).Succeeded}, limits {first.Client.Limit()} and {second.Client.Limit()}");
        Console.WriteLine($"used: {first.Client.Use()}, {second.Client.Use()}");
        second.Dispose();
        Console.WriteLine($"closed one: given {before - env.Pd.Client.RamQuota().Limit}, sessions {first.Client.Sessions()}");
        string revoked = Steering.Status(first.Client.Revoke);
        Console.WriteLine($"revoked: {revoked}, then {Steering.Status(() => first.Client.Limit())}, upgrade {first.Upgrade(default).Error}, given {before - env.Pd.Client.RamQuota().Limit}");
        first.Dispose();
        Console.WriteLine($"too much: {env.TryOpenSession<ILoan>("Loans", "", new Donation(before + 1, 0)).Error}");
        Session<ILoan> last = Open(env, "Loans");
        Console.WriteLine($"death: {Steering.Status(last.Client.Die)}, then {Steering.Status(() => other.Client.Limit())}");
        SessionError gone = WhenGone(env, other);
        Console.WriteLine($"upgrade: {gone}, open: {env.TryOpenSession<ILoan>("Loans").Error}, given {before - env.Pd.Client.RamQuota().Limit}");
        other.Dispose();
        last.Dispose();
        return 0;
    }

    /// <summary>Keeps a session open until it is told to end, for others to see.</summary>
    public static void Hold(Env env)
    {
        Session<ILoan> session = Open(env, "Loans");
        session.Client.Use();
        Console.WriteLine($"holding {session.Client.Limit()}");
    }

    /// <summary>The parent learns of the death of a process a little later than those whose calls it cuts off.</summary>
    private static SessionError WhenGone(Env env, Session<ILoan> session)
    {
        while (session.Upgrade(default).Succeeded || env.TryOpenSession<ILoan>("Loans").TryGet(out _, out SessionError error) || error != SessionError.NoSuchService)
            Thread.Yield();
        return session.Upgrade(default).Error;
    }

    private static Session<ILoan> Open(Env env, string service) => env.OpenSession<ILoan>(service, "", new Donation(Donated, 10));
}
