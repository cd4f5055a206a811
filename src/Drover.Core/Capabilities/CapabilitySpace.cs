using Drover.Contracts.Abi;
using Drover.Core.Quotas;

namespace Drover.Core.Capabilities;

/// <summary>
/// One domain's table from selector to kernel object. An object has at most one slot; each arrival adds a delivery to
/// it, and the slot is free when as many deliveries were released. Guarded by the kernel's lock.
/// </summary>
internal sealed class CapabilitySpace(QuotaLedger capabilities)
{
    /// <summary>Selectors below this are never picked by core.</summary>
    internal const uint FirstDynamicSelector = 16;

    /// <summary>Freed selectors wait behind so many others before they are used again: a component that confuses an old
    /// selector with a new capability then shows itself as an error, not as a call to the wrong object.</summary>
    private const int ReuseDistance = 64;

    private const int ChunkBits = 10;
    private const int ChunkEntries = 1 << ChunkBits;

    private readonly Slot[]?[] _chunks = new Slot[TableLayout.Capacity >> ChunkBits][];
    private readonly Dictionary<KernelObject, uint> _selectorOf = [];
    private readonly Queue<uint> _freed = new();
    private uint _neverUsed = FirstDynamicSelector;

    private struct Slot
    {
        public KernelObject? Object;
        public uint Deliveries;
    }

    public int Count => _selectorOf.Count;

    /// <summary>What the slot holds, dead or alive; null if it is empty or there is no such slot.</summary>
    public KernelObject? Find(uint selector) => IsIndex(selector) ? Peek(selector).Object : null;

    public bool TryFindSelector(KernelObject held, out uint selector) => _selectorOf.TryGetValue(held, out selector);

    public uint DeliveriesOf(uint selector) => IsIndex(selector) ? Peek(selector).Deliveries : 0;

    /// <summary>Adds one delivery: to the slot that holds the object already, else to a slot that core picks.</summary>
    public CallStatus Deliver(KernelObject arriving, out uint selector)
    {
        if (_selectorOf.TryGetValue(arriving, out selector))
        {
            ref Slot held = ref Touch(selector);
            if (held.Deliveries == uint.MaxValue)
                return CallStatus.OutOfCapabilities;
            held.Deliveries++;
            return CallStatus.Ok;
        }

        if (!capabilities.TryCharge(1))
            return CallStatus.OutOfCapabilities;
        if (!TryPick(out selector))
        {
            capabilities.Refund(1);
            return CallStatus.OutOfCapabilities;
        }

        Fill(selector, arriving, 1);
        return CallStatus.Ok;
    }

    /// <summary>Fills a chosen empty slot.</summary>
    public InstallOutcome Install(KernelObject installed, uint selector, uint deliveries)
    {
        if (selector == WellKnownSelectors.Null || !IsIndex(selector) || deliveries == 0)
            return InstallOutcome.OutOfRange;
        if (Peek(selector).Object is not null)
            return InstallOutcome.Occupied;
        if (_selectorOf.ContainsKey(installed))
            return InstallOutcome.HeldElsewhere;
        if (!capabilities.TryCharge(1))
            return InstallOutcome.OutOfCapabilities;
        Fill(selector, installed, deliveries);
        return InstallOutcome.Installed;
    }

    /// <summary>Gives deliveries back; more than were made are refused whole.</summary>
    public CallStatus Release(uint selector, ulong count)
    {
        if (!IsIndex(selector) || Peek(selector).Object is null)
            return CallStatus.NoSuchSelector;
        ref Slot slot = ref Touch(selector);
        if (count == 0 || count > slot.Deliveries)
            return CallStatus.InvalidArgument;
        slot.Deliveries -= (uint)count;
        if (slot.Deliveries == 0)
            Free(selector, ref slot);
        return CallStatus.Ok;
    }

    /// <summary>Empties every slot.</summary>
    public void Clear()
    {
        foreach (uint selector in _selectorOf.Values)
            Touch(selector) = default;
        capabilities.Refund((ulong)_selectorOf.Count);
        _selectorOf.Clear();
        _freed.Clear();
        _neverUsed = FirstDynamicSelector;
    }

    /// <summary>All slots in use, in no order.</summary>
    public IEnumerable<(uint Selector, KernelObject Object, uint Deliveries)> Entries()
    {
        foreach ((KernelObject held, uint selector) in _selectorOf)
            yield return (selector, held, Peek(selector).Deliveries);
    }

    private static bool IsIndex(uint selector) => selector < TableLayout.Capacity;

    private Slot Peek(uint selector) =>
        _chunks[selector >> ChunkBits] is { } chunk ? chunk[selector & (ChunkEntries - 1)] : default;

    private ref Slot Touch(uint selector) =>
        ref (_chunks[selector >> ChunkBits] ??= new Slot[ChunkEntries])[selector & (ChunkEntries - 1)];

    private void Fill(uint selector, KernelObject held, uint deliveries)
    {
        Touch(selector) = new Slot { Object = held, Deliveries = deliveries };
        _selectorOf.Add(held, selector);
    }

    private void Free(uint selector, ref Slot slot)
    {
        _selectorOf.Remove(slot.Object!);
        slot = default;
        capabilities.Refund(1);
        if (selector >= FirstDynamicSelector)
            _freed.Enqueue(selector);
    }

    private bool TryPick(out uint selector)
    {
        if (_freed.Count > ReuseDistance && TryPickFreed(out selector))
            return true;
        // Slots may have been filled by Install ahead of the counter.
        while (_neverUsed < TableLayout.Capacity && Peek(_neverUsed).Object is not null)
            _neverUsed++;
        if (_neverUsed < TableLayout.Capacity)
        {
            selector = _neverUsed++;
            return true;
        }

        return TryPickFreed(out selector);
    }

    private bool TryPickFreed(out uint selector)
    {
        while (_freed.TryDequeue(out selector))
        {
            if (Peek(selector).Object is null)
                return true;
        }

        selector = WellKnownSelectors.Null;
        return false;
    }
}
