using Drover.Component;
using Drover.Component.Rpc;
using Drover.Contracts.Rpc;
using Sheep.Contracts;

namespace SheepCounter;

/// <summary>
/// The sheep themselves: RPC objects of this component, served by threads of their own, and the ones that others
/// brought. Their capabilities lie in ordinary collections, some of them twice.
/// </summary>
internal sealed class Flock
{
    private static readonly string[] s_names = ["Dolly", "Shaun", "Shirley", "Timmy"];

    private readonly Lock _lock = new();
    private readonly List<Capability<ISheep>> _own = []; // guarded by _lock
    private readonly Dictionary<string, Capability<ISheep>> _byName = []; // guarded by _lock
    private readonly List<Capability<ISheep>> _brought = []; // guarded by _lock

    public Flock(Env env)
    {
        Entrypoint meadow = env.CreateEntrypoint(new("meadow", Threads: 2));
        foreach (string name in s_names)
        {
            Capability<ISheep> sheep = meadow.Manage<ISheep>(new Ewe(name));
            _own.Add(sheep);
            _byName.Add(name, sheep.Duplicate());
        }
    }

    public int Brought
    {
        get
        {
            lock (_lock)
                return _brought.Count;
        }
    }

    /// <summary>Keeps an owner of its own; the caller's is only lent.</summary>
    public uint Bring(Capability<ISheep> sheep)
    {
        sheep.Client.Bleat();
        lock (_lock)
        {
            _brought.Add(sheep.Duplicate());
            return (uint)_brought.Count;
        }
    }

    /// <summary>An owner for the caller.</summary>
    public Capability<ISheep>? Fetch(uint number)
    {
        lock (_lock)
        {
            if (number < _own.Count)
                return _own[(int)number].Duplicate();
            long brought = (long)number - _own.Count;
            return brought < _brought.Count ? _brought[(int)brought].Duplicate() : null;
        }
    }

    /// <summary>Calls every sheep through every capability there is and gives the number of capabilities.</summary>
    public ulong CallAll()
    {
        Capability<ISheep>[] all;
        lock (_lock)
            all = [.. _own, .. _byName.Values, .. _brought];
        foreach (Capability<ISheep> sheep in all)
            sheep.Client.Bleat();
        return (ulong)all.Length;
    }
}
