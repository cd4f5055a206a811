using Drover.Component;
using Drover.Component.Sessions;
using Drover.Component.Signals;
using Drover.Contracts.Rpc;
using Sheep.Contracts;

namespace Examiner;

/// <summary>Keeps a session to the service 'Sheep' open and asks for the count again and again.</summary>
internal static class Watch
{
    public static void Begin(Env env)
    {
        Session<ISheepFold> session = env.OpenSession<ISheepFold>("Sheep");
        SessionTimer timer = env.CreateTimer(() => Look(session.Client));
        timer.TriggerPeriodic(TimeSpan.FromMilliseconds(50));
    }

    private static void Look(ISheepFold fold)
    {
        try
        {
            Console.WriteLine($"seen {fold.Count()}");
        }
        catch (RpcException failure)
        {
            Console.WriteLine($"lost {failure.Status}");
        }
    }
}
