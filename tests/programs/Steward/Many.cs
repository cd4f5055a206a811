using Drover.Component;
using Drover.Component.Capabilities;
using Drover.Component.Rpc;
using Drover.Contracts.Rpc;

namespace Steward;

/// <summary>An object that knows its number.</summary>
[RpcInterface]
internal interface INumbered
{
    uint Number();
}

[RpcInterface]
internal interface IMany
{
    Capability<INumbered> Fetch(uint number);

    /// <summary>Ends serving the object; the server keeps its capability.</summary>
    bool Dissolve(uint number);

    /// <summary>Serves another object under that number.</summary>
    void Replace(uint number, uint says);

    Counts Counts();
}

internal readonly record struct Counts(ulong Objects, ulong RecordedOwners, ulong OpenOwners);

/// <summary>Serves as many objects as are asked for, in an order with holes: every third is dissolved and made anew.</summary>
internal sealed class Many(Env env, Entrypoint entrypoint, Capability<INumbered>[] objects) : IMany
{
    public static void Serve(Env env, uint count)
    {
        Entrypoint entrypoint = env.CreateEntrypoint(new("many"));
        Capability<INumbered>[] objects = new Capability<INumbered>[count];
        for (uint i = 0; i < count; i++)
            objects[i] = entrypoint.Manage<INumbered>(new Numbered(i));
        for (uint i = 0; i < count; i += 3)
        {
            entrypoint.Dissolve(objects[i]);
            objects[i].Dispose();
        }

        for (uint i = 0; i < count; i += 3)
            objects[i] = entrypoint.Manage<INumbered>(new Numbered(i));
        Many many = new(env, entrypoint, objects);
        env.Announce<IMany>("Many", _ => many);
        Console.WriteLine("serving");
    }

    public Capability<INumbered> Fetch(uint number) => objects[number].Duplicate();

    public bool Dissolve(uint number) => entrypoint.Dissolve(objects[number]) is Numbered;

    public void Replace(uint number, uint says)
    {
        objects[number].Dispose();
        objects[number] = entrypoint.Manage<INumbered>(new Numbered(says));
    }

    public Counts Counts()
    {
        CapabilityUse use = env.CapabilityUse();
        return new((ulong)env.ManagedObjects, (ulong)use.RecordedOwners, (ulong)use.OpenOwners);
    }

    private sealed class Numbered(uint number) : INumbered
    {
        public uint Number() => number;
    }
}
