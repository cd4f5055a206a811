using Drover.Contracts.Sessions;
using Drover.Core.Ipc;

namespace Drover.Monitor.Parent;

/// <summary>
/// The ways in which a session ends. Client and service can both end it at the same time, or die: the one that comes
/// first gives the donation back, so that no quota is lost and none comes about.
/// </summary>
internal static class SessionEnds
{
    /// <summary>For a session that its client closes, or whose client has ended, and that is in its book no more.</summary>
    /// <param name="asksServer">False for a server that is known not to answer.</param>
    /// <returns>False if the server was asked and did not answer.</returns>
    public static bool OfClient(OpenSession open, bool asksServer = true)
    {
        if (!open.Session.TryEnd(out Donation donation))
            return true;
        if (open.Server is not { } announcement)
        {
            (open.Gate as ServiceGate)?.Dissolve();
            open.Client.Domain.TryGrant(donation);
            return true;
        }

        announcement.Sessions.Remove(open.Gate);
        bool answered = !asksServer || RootCalls.Close(announcement, open.Gate);
        // Whatever the server made of it: a session that was closed cannot be called any more.
        announcement.Server.Domain.DestroyObject(open.Gate);
        announcement.Server.Domain.GiveBack(open.Client.Domain, donation);
        return answered;
    }

    /// <summary>For a session that its service ended, or whose server has. It stays in the client's book until the client
    /// closes it, so that the client learns what became of it.</summary>
    public static void OfService(OpenSession open)
    {
        if (open.Session.TryEnd(out Donation donation))
            open.Server!.Server.Domain.GiveBack(open.Client.Domain, donation);
    }

    /// <summary>Ends all sessions of a service.</summary>
    public static void OfService(Announcement announcement)
    {
        foreach (OpenSession open in announcement.Sessions.Close())
            OfService(open);
    }

    /// <summary>Ends the sessions that a component had at other components when it ended. Servers are asked side by side; one
    /// that does not answer in time is not asked about the other sessions, so that it costs its patience once.</summary>
    public static void OfEndedClient(IReadOnlyList<OpenSession> sessions)
    {
        foreach (IGrouping<Announcement?, OpenSession> atServer in sessions.GroupBy(open => open.Server))
        {
            _ = Task.Run(() =>
            {
                bool answers = true;
                foreach (OpenSession open in atServer)
                    answers &= OfClient(open, answers);
            });
        }
    }
}
