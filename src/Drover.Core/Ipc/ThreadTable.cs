using System.Diagnostics.CodeAnalysis;
using Drover.Contracts.Abi;

namespace Drover.Core.Ipc;

/// <summary>The threads of one domain that core knows, by UTCB slot. Guarded by the kernel's lock.</summary>
internal sealed class ThreadTable(ProtectionDomain domain)
{
    private readonly KernelThread?[] _slots = new KernelThread?[UtcbLayout.SlotCount];
    private readonly uint[] _generations = new uint[UtcbLayout.SlotCount];
    private readonly Dictionary<int, KernelThread> _byHostId = [];
    private readonly Dictionary<int, KernelThread> _rebuilt = [];

    public int Count { get; private set; }

    /// <summary>True while a thread that was rebuilt from an image has not made its first call.</summary>
    public bool HasUnboundThreads => _rebuilt.Count > 0;

    public IEnumerable<KernelThread> All => _slots.OfType<KernelThread>();

    public bool TryFind(int hostThreadId, [NotNullWhen(true)] out KernelThread? thread) =>
        _byHostId.TryGetValue(hostThreadId, out thread);

    public KernelThread? At(int slot) => (uint)slot < (uint)_slots.Length ? _slots[slot] : null;

    /// <summary>Gives a thread the lowest free slot; null if there is none.</summary>
    public KernelThread? Add(int hostThreadId, int namespaceThreadId)
    {
        int slot = Array.IndexOf(_slots, null);
        if (slot < 0)
            return null;
        var thread = new KernelThread(domain, slot, _generations[slot], namespaceThreadId) { HostThreadId = hostThreadId };
        Place(thread);
        _byHostId[hostThreadId] = thread;
        return thread;
    }

    /// <summary>Puts a recorded thread into its slot; it is recognised by its id inside the namespace. Null if slot or
    /// id are taken.</summary>
    public KernelThread? AddRebuilt(int slot, uint generation, int namespaceThreadId)
    {
        if ((uint)slot >= (uint)_slots.Length || _slots[slot] is not null || namespaceThreadId <= 0)
            return null;
        var thread = new KernelThread(domain, slot, generation, namespaceThreadId);
        if (!_rebuilt.TryAdd(namespaceThreadId, thread))
            return null;
        _generations[slot] = generation;
        Place(thread);
        return thread;
    }

    /// <summary>Recognises a rebuilt thread at its first call; null if it is not one.</summary>
    public KernelThread? Bind(int hostThreadId, int namespaceThreadId)
    {
        if (!_rebuilt.Remove(namespaceThreadId, out KernelThread? thread))
            return null;
        thread.HostThreadId = hostThreadId;
        _byHostId[hostThreadId] = thread;
        return thread;
    }

    public void Remove(KernelThread thread)
    {
        _slots[thread.Slot] = null;
        _generations[thread.Slot]++;
        Count--;
        if (thread.HostThreadId != 0)
            _byHostId.Remove(thread.HostThreadId);
        else
            _rebuilt.Remove(thread.NamespaceThreadId);
    }

    private void Place(KernelThread thread)
    {
        _slots[thread.Slot] = thread;
        Count++;
    }
}
