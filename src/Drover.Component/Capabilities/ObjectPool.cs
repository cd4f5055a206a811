using Drover.Contracts.Abi;
using Drover.Contracts.Rpc;

namespace Drover.Component.Capabilities;

/// <summary>
/// The component's RPC objects by label: the words that the monitor relocates in an array of the relocatable tables,
/// the objects themselves beside it in managed memory. Looking one up reads one entry of each.
/// </summary>
internal sealed unsafe class ObjectPool(nint tables)
{
    private readonly byte* _tables = (byte*)tables;
    private readonly Lock _lock = new();
    private readonly Stack<uint> _freeLabels = []; // guarded by _lock
    private readonly Dictionary<uint, uint> _labels = []; // guarded by _lock; by selector
    private uint _nextLabel; // guarded by _lock
    private int _internal; // guarded by _lock
    private ManagedObject?[] _objects = new ManagedObject?[16]; // replaced and written under _lock, read without

    /// <summary>Objects of the component's that can be called; the base library's own are not counted.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _labels.Count - _internal;
        }
    }

    /// <summary>A label that no gate of the component has.</summary>
    public uint TakeLabel()
    {
        lock (_lock)
        {
            if (_freeLabels.TryPop(out uint label))
                return label;
            return _nextLabel < TableLayout.Capacity
                ? _nextLabel++
                : throw new RpcException(CallStatus.OutOfCapabilities, nameof(ObjectPool));
        }
    }

    /// <summary>Gives back a label that no object was put under.</summary>
    public void GiveBackLabel(uint label)
    {
        lock (_lock)
            _freeLabels.Push(label);
    }

    /// <summary>Lets requests to the label reach the object.</summary>
    public void Put(uint label, ManagedObject managed, CapabilityMap map)
    {
        lock (_lock)
        {
            uint selector = managed.Owner.Selector;
            if (label >= _objects.Length)
            {
                ManagedObject?[] larger = new ManagedObject?[Math.Max(_objects.Length * 2, (int)label + 1)];
                _objects.CopyTo(larger, 0);
                Volatile.Write(ref _objects, larger);
            }

            _objects[label] = managed;
            _labels.Add(selector, label);
            _internal += managed.IsInternal ? 1 : 0;
            byte* entry = Entry(label);
            *(uint*)(entry + TableLayout.PoolSelectorOffset) = selector;
            map.Publish(
                selector, (ulong*)(entry + TableLayout.EntryBadgeOffset), State(entry), TableLayout.StateValid);
        }
    }

    /// <summary>What a request that carries this label and badge is for; null if it is gone.</summary>
    /// <param name="badge">Where the badge lies in the UTCB.</param>
    public ManagedObject? Find(ulong label, ulong* badge)
    {
        ManagedObject?[] objects = Volatile.Read(ref _objects);
        if (label >= (ulong)objects.Length)
            return null;
        byte* entry = Entry(label);
        ulong epoch;
        bool same;
        do
        {
            // Both badges are rewritten together; only a comparison within one epoch means anything.
            epoch = Volatile.Read(ref *Epoch);
            same = Volatile.Read(ref *State(entry)) == TableLayout.StateValid
                && Volatile.Read(ref *(ulong*)(entry + TableLayout.EntryBadgeOffset)) == Volatile.Read(ref *badge);
            Interlocked.MemoryBarrier();
        }
        while (Volatile.Read(ref *Epoch) != epoch);
        return same ? objects[label] : null;
    }

    /// <summary>The objects that an entrypoint serves.</summary>
    public IReadOnlyList<ManagedObject> ServedBy(uint entrypoint)
    {
        lock (_lock)
            return [.. _objects.OfType<ManagedObject>().Where(managed => managed.Entrypoint == entrypoint)];
    }

    /// <summary>Takes the object out; null if it is not in. The label is in use until it is given back.</summary>
    public ManagedObject? Remove(uint selector)
    {
        lock (_lock)
        {
            if (!_labels.Remove(selector, out uint label))
                return null;
            byte* entry = Entry(label);
            Volatile.Write(ref *State(entry), TableLayout.StateFree);
            *(ulong*)(entry + TableLayout.EntryBadgeOffset) = 0;
            *(uint*)(entry + TableLayout.PoolSelectorOffset) = 0;
            ManagedObject? removed = _objects[label];
            _internal -= removed!.IsInternal ? 1 : 0;
            _objects[label] = null;
            return removed;
        }
    }

    private ulong* Epoch => (ulong*)(_tables + TableLayout.EpochOffset);

    private byte* Entry(ulong label) => _tables + TableLayout.PoolOffset + ((long)label * TableLayout.EntryBytes);

    private static uint* State(byte* entry) => (uint*)(entry + TableLayout.PoolStateOffset);
}
