using Drover.Component;
using Drover.Component.Sessions;
using Drover.Contracts.Rpc;
using Drover.Contracts.Sessions;

namespace Examiner;

/// <summary>Has one ROM module open many times. At each tick it closes one session and shows that what the others gave is still there.</summary>
internal static class ModuleSessions
{
    private const int Count = 40;

    public static void CloseOneByOne(Env env)
    {
        List<Session<IRomSession>> sessions = [.. Enumerable.Range(0, Count).Select(_ => env.OpenSession<IRomSession>("ROM", "greeting"))];
        // Neither badges nor selectors come in the order of the sessions.
        List<Capability<IDataspace>> contents = [.. Enumerable.Reverse(sessions).Select(session => session.Client.Dataspace())];
        env.CreateTimer(() =>
        {
            if (sessions.Count == 0)
                return;
            sessions[0].Dispose();
            sessions.RemoveAt(0);
            contents[^1].Dispose();
            contents.RemoveAt(contents.Count - 1);
            Console.WriteLine($"left {sessions.Count}: {contents.Count(IsThere)} are there");
        }).TriggerPeriodic(TimeSpan.FromMilliseconds(50));
    }

    private static bool IsThere(Capability<IDataspace> content)
    {
        try
        {
            return content.Client.LengthBytes() > 0;
        }
        catch (RpcException)
        {
            return false;
        }
    }
}
