using Drover.Component;
using Drover.Component.Sessions;
using Drover.Contracts.Rpc;
using Drover.Contracts.Sessions;

namespace Steward;

/// <summary>Tells <see cref="Controlled"/> what to do and says what came of it.</summary>
internal static class Steering
{
    public static int Signal(Env env)
    {
        using Session<IControl> control = env.OpenSession<IControl>("Control");
        using Session<IThing> thing = env.OpenSession<IThing>("Thing");
        using Capability<ISignalContext> proxied = control.Client.OnEntrypoint();
        using Capability<ISignalContext> plain = control.Client.OnSignalThread();
        Facts before = control.Client.Facts();
        for (uint i = 0; i < 100; i++)
        {
            proxied.Client.Submit(1);
            plain.Client.Submit(2);
            thing.Client.Touch();
        }

        Facts after;
        do
            after = control.Client.Facts();
        while (after.OnEntrypoint < before.OnEntrypoint + 100 || after.OnSignalThread < before.OnSignalThread + 200 || after.Ticks == before.Ticks);
        Console.WriteLine($"on the entrypoint {after.OnEntrypoint - before.OnEntrypoint}, on the signal thread {after.OnSignalThread - before.OnSignalThread}, collisions {after.Collisions}");
        return 0;
    }

    public static int End(Env env)
    {
        using Session<IControl> control = env.OpenSession<IControl>("Control");
        using Session<IThing> thing = env.OpenSession<IThing>("Thing");
        using Capability<ISignalContext> proxied = control.Client.OnEntrypoint();
        thing.Client.Touch();
        control.Client.EndEntrypoint();
        Console.WriteLine($"thing: {Status(() => thing.Client.Touch())}, signal: {Status(() => proxied.Client.Submit(1))}");
        Console.WriteLine($"session: {env.TryOpenSession<IThing>("Thing").Error}, upgrade: {thing.Upgrade(default).Error}");
        control.Client.Renew();
        using Session<IThing> again = env.OpenSession<IThing>("Thing");
        Console.WriteLine($"again: {again.Client.Touch()}, the old one: {Status(() => thing.Client.Touch())}");
        return 0;
    }

    public static string Status(Action call)
    {
        try
        {
            call();
            return "done";
        }
        catch (RpcException failure)
        {
            return $"{failure.Status}";
        }
    }
}
