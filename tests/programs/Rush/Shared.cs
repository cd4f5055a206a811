using System.Runtime.InteropServices;
using Drover.Component;
using Drover.Component.Memory;
using Drover.Component.Sessions;
using Drover.Component.Signals;
using Drover.Contracts.Rpc;
using Drover.Contracts.Sessions;

namespace Rush;

[RpcInterface]
internal interface IMemoryOwner
{
    Capability<IDataspace> Memory();
}

/// <summary>Memory in which one component counts and another reads.</summary>
internal sealed class Shared(Dataspace memory) : IMemoryOwner
{
    public Capability<IDataspace> Memory() => memory.Capability.Duplicate();

    public static void Offer(Env env)
    {
        Dataspace memory = env.Allocate(16384);
        Attachment attached = memory.Attach(offsetBytes: 4096);
        SessionTimer timer = env.CreateTimer(() => Counter(attached)++);
        timer.TriggerPeriodic(TimeSpan.FromMilliseconds(10));
        Shared offered = new(memory);
        env.Announce<IMemoryOwner>("Memory", _ => offered);
        Console.WriteLine("offered");
    }

    /// <summary>Notes what it reads whenever that has changed.</summary>
    public static void Use(Env env)
    {
        Session<IMemoryOwner> session = env.OpenSession<IMemoryOwner>("Memory");
        using Capability<IDataspace> memory = session.Client.Memory();
        Attachment attached = env.OpenDataspace(memory).Attach(AttachRights.Read, offsetBytes: 4096, lengthBytes: 4096);
        ulong last = 0;
        SessionTimer timer = env.CreateTimer(() =>
        {
            ulong now = MemoryMarshal.Read<ulong>(attached.ReadOnlySpan);
            if (now != last)
                Console.WriteLine($"read {now}");
            last = now;
        });
        timer.TriggerPeriodic(TimeSpan.FromMilliseconds(20));
    }

    private static ref ulong Counter(Attachment attached) => ref MemoryMarshal.Cast<byte, ulong>(attached.Span)[0];
}
