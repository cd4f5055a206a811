using System.Runtime.InteropServices;
using Drover.Contracts.Abi;
using Drover.Contracts.Rpc;

namespace Drover.Component.Capabilities;

/// <summary>
/// What the component holds: an array indexed by selector, in memory that the monitor relocates (TableLayout). Until
/// that memory is attached, a small array on the native heap takes its place.
/// </summary>
/// <remarks>
/// A thread may be stopped, and badges rewritten, between any two instructions. A badge on its way from a UTCB into an
/// entry is therefore fetched again if the relocation epoch changed meanwhile.
/// </remarks>
internal sealed unsafe class CapabilityMap
{
    private const int BootstrapCapacity = 256;

    /// <summary>A capability that arrives again and again while it is held must not overflow its counter.</summary>
    private const uint MostDeliveries = 1 << 16;

    private readonly Lock _lock = new();
    private byte* _tables; // guarded by _lock
    private uint _capacity = BootstrapCapacity; // guarded by _lock
    private uint _highest; // guarded by _lock; no selector above it was ever held

    public CapabilityMap() =>
        _tables = (byte*)NativeMemory.AllocZeroed(TableLayout.HeaderBytes + (BootstrapCapacity * TableLayout.EntryBytes));

    /// <summary>Moves to the relocatable tables, for good. The caller keeps them mapped for the life of the process
    /// and publishes them afterwards: nothing is relocated before, so the badges fetched till then hold.</summary>
    public void MoveTo(byte* tables)
    {
        lock (_lock)
        {
            byte* before = _tables;
            for (uint selector = 1; selector <= _highest; selector++)
            {
                byte* from = Entry(before, selector);
                byte* to = Entry(tables, selector);
                if (*State(from) != TableLayout.StateValid)
                    continue;
                *Badge(to) = *Badge(from);
                *Owners(to) = *Owners(from);
                *Deliveries(to) = *Deliveries(from);
                Volatile.Write(ref *State(to), TableLayout.StateValid);
            }

            _tables = tables;
            _capacity = TableLayout.Capacity;
            NativeMemory.Free(before);
        }
    }

    /// <summary>Counts a delivery and its owner.</summary>
    /// <param name="arrived">The capability's entry in the UTCB. It is not changed by anybody before the thread's next call,
    /// but for its badge, which the monitor may rewrite.</param>
    public uint Arrive(byte* arrived)
    {
        uint selector = *(uint*)arrived;
        lock (_lock)
            Add(selector, (ulong*)(arrived + UtcbLayout.CapabilityBadgeOffset));
        return selector;
    }

    /// <summary>Counts another owner of what is held.</summary>
    public void AddOwner(uint selector)
    {
        lock (_lock)
            ++*Owners(Held(selector));
    }

    /// <summary>Gives the number of deliveries that go back to core: all with the last owner; all but one if there are
    /// very many; else none.</summary>
    public uint RemoveOwner(uint selector)
    {
        lock (_lock)
        {
            byte* entry = Held(selector);
            uint deliveries = *Deliveries(entry);
            if (--*Owners(entry) != 0)
            {
                if (deliveries < MostDeliveries)
                    return 0;
                *Deliveries(entry) = 1;
                return deliveries - 1;
            }

            Volatile.Write(ref *State(entry), TableLayout.StateFree);
            *Deliveries(entry) = 0;
            *Badge(entry) = 0;
            return deliveries;
        }
    }

    /// <summary>Makes an entry of the object pool valid, with the badge of what is held.</summary>
    public void Publish(uint selector, ulong* badge, uint* state, uint valid)
    {
        lock (_lock)
            Publish(Badge(Held(selector)), badge, state, valid);
    }

    public CapabilityUse Use(long openOwners)
    {
        long selectors = 0, owners = 0, deliveries = 0;
        lock (_lock)
        {
            for (uint selector = 1; selector <= _highest; selector++)
            {
                byte* entry = Entry(_tables, selector);
                if (*State(entry) != TableLayout.StateValid)
                    continue;
                selectors++;
                owners += *Owners(entry);
                deliveries += *Deliveries(entry);
            }
        }

        return new(selectors, owners, deliveries, openOwners);
    }

    private void Add(uint selector, ulong* badge)
    {
        if (selector == WellKnownSelectors.Null || selector >= _capacity)
            throw new RpcException(CallStatus.MalformedMessage, "message");
        byte* entry = Entry(_tables, selector);
        _highest = Math.Max(_highest, selector);
        bool held = *State(entry) == TableLayout.StateValid;
        *Owners(entry) = (held ? *Owners(entry) : 0) + 1;
        *Deliveries(entry) = (held ? *Deliveries(entry) : 0) + 1;
        Publish(badge, Badge(entry), State(entry), TableLayout.StateValid);
    }

    // The epoch is read again after the state is stored: the monitor rewrites valid entries only, so a badge that was
    // fetched before a restore must not become valid after it.
    private void Publish(ulong* from, ulong* to, uint* state, uint valid)
    {
        ulong epoch;
        do
        {
            epoch = Volatile.Read(ref *Epoch(_tables));
            Volatile.Write(ref *to, Volatile.Read(ref *from));
            Volatile.Write(ref *state, valid);
            Interlocked.MemoryBarrier();
        }
        while (Volatile.Read(ref *Epoch(_tables)) != epoch);
    }

    private byte* Held(uint selector)
    {
        byte* entry = Entry(_tables, selector);
        return *State(entry) == TableLayout.StateValid
            ? entry
            : throw new InvalidOperationException($"the capability map has no entry for selector {selector}");
    }

    private static byte* Entry(byte* tables, uint selector) =>
        tables + TableLayout.MapOffset + ((long)selector * TableLayout.EntryBytes);

    private static ulong* Epoch(byte* tables) => (ulong*)(tables + TableLayout.EpochOffset);

    private static ulong* Badge(byte* entry) => (ulong*)(entry + TableLayout.EntryBadgeOffset);

    private static uint* Owners(byte* entry) => (uint*)(entry + TableLayout.MapOwnersOffset);

    private static uint* Deliveries(byte* entry) => (uint*)(entry + TableLayout.MapDeliveriesOffset);

    private static uint* State(byte* entry) => (uint*)(entry + TableLayout.MapStateOffset);
}
