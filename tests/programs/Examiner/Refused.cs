using Drover.Component;
using Drover.Contracts;
using Drover.Contracts.Rpc;
using Drover.Contracts.Sessions;
using Sheep.Contracts;

namespace Examiner;

/// <summary>Asks for what is not to be had, and says how each was refused.</summary>
internal static class Refused
{
    public static int TryAll(Env env)
    {
        Show("unknown service", env.TryOpenSession<ISheepFold>("Goats"));
        Show("too much memory", env.Pd.Client.AllocateDataspace(1UL << 50));
        Show("no memory", env.Pd.Client.AllocateDataspace(0));
        Show("gate at entrypoint 64", env.Pd.Client.CreateGate(64, 0));
        using Capability<IDataspace> page = env.Pd.Client.AllocateDataspace(4096).Value;
        Show("attach beyond the end", env.Rm.Client.Attach(page, 4096, 4096, 0x2000_0000_0000, AttachRights.Read));
        Show("attach unaligned", env.Rm.Client.Attach(page, 0, 4096, 0x2000_0000_0001, AttachRights.Read));
        Show("attach in the kernel", env.Rm.Client.Attach(page, 0, 4096, 0xffff_8000_0000_0000, AttachRights.Read));
        using Capability<IObject> timer = env.TryOpenSession<ITimerSession>("Timer").Value.Capability.As<IObject>();
        Show("free what is no dataspace", env.Pd.Client.FreeDataspace(timer.As<IDataspace>()));
        Show("unknown module", env.TryOpenSession<IRomSession>("ROM", "no such module"));
        Show("long arguments", env.TryOpenSession<ILogSession>("LOG", new string('x', 2000)));
        Show("method of another interface", () => timer.As<ISheepFold>().Client.Describe());
        Show("message too long", () => env.Parent.Client.Session(new string('y', 5000), "", default));
        Console.WriteLine("all refused");
        return 0;
    }

    private static void Show<T, TError>(string what, Attempt<T, TError> attempt)
        where TError : struct, Enum =>
        Console.WriteLine($"{what}: {(attempt.Succeeded ? "granted" : attempt.Error)}");

    private static void Show(string what, Action call)
    {
        try
        {
            call();
            Console.WriteLine($"{what}: granted");
        }
        catch (RpcException refusal)
        {
            Console.WriteLine($"{what}: {refusal.Status}");
        }
    }
}
