using System.Text;
using Drover.Component;
using Drover.Component.Memory;
using Drover.Component.Sessions;
using Drover.Contracts.Rpc;
using Drover.Contracts.Sessions;

namespace Examiner;

/// <summary>What one component's session to a ROM module gave, for others.</summary>
[RpcInterface]
internal interface ILentModule
{
    Capability<IDataspace> Content();

    void Withdraw();
}

internal sealed class LentModule(Session<IRomSession> module) : ILentModule
{
    public static void Lend(Env env)
    {
        LentModule lent = new(env.OpenSession<IRomSession>("ROM", "greeting"));
        env.Announce<ILentModule>("Module", _ => lent);
        Console.WriteLine("lent");
    }

    public static void Borrow(Env env)
    {
        Dataspace content = env.OpenDataspace(env.OpenSession<ILentModule>("Module").Client.Content());
        Attachment attached = content.Attach(AttachRights.Read);
        int tick = 0;
        env.CreateTimer(() => Console.WriteLine($"tick {++tick}: {Encoding.UTF8.GetString(attached.ReadOnlySpan[..12])}, {State(content)}"))
            .TriggerPeriodic(TimeSpan.FromMilliseconds(50));
    }

    public static int Withdraw(Env env)
    {
        using Session<ILentModule> session = env.OpenSession<ILentModule>("Module");
        session.Client.Withdraw();
        return 0;
    }

    public Capability<IDataspace> Content() => module.Client.Dataspace();

    void ILentModule.Withdraw() => module.Dispose();

    private static string State(Dataspace content)
    {
        try
        {
            return content.Capability.Client.Writable() ? "writable" : "read only";
        }
        catch (RpcException)
        {
            return "withdrawn";
        }
    }
}
