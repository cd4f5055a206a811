using Drover.Component;
using Drover.Component.Memory;
using Drover.Component.Sessions;
using Drover.Contracts.Rpc;
using Drover.Contracts.Sessions;

namespace Examiner;

/// <summary>Memory that two components have attached.</summary>
[RpcInterface]
internal interface ISharedMemory
{
    Capability<IDataspace> Memory();
}

internal sealed class Sharing(Dataspace memory) : ISharedMemory
{
    public static void Offer(Env env)
    {
        Dataspace memory = env.Allocate(4096);
        memory.Attach().Span[0] = 42;
        Sharing offered = new(memory);
        env.Announce<ISharedMemory>("Memory", _ => offered);
        Console.WriteLine("offered");
    }

    public static void Use(Env env)
    {
        Session<ISharedMemory> session = env.OpenSession<ISharedMemory>("Memory");
        Attachment shared = env.OpenDataspace(session.Client.Memory()).Attach();
        Console.WriteLine($"shared {shared.Span[0]}");
    }

    public Capability<IDataspace> Memory() => memory.Capability.Duplicate();
}
