using System.Buffers.Binary;
using Drover.Contracts.Abi;
using Drover.Core.Memory;
using Drover.Core.State;
using Drover.Monitor;
using Drover.Platform;

namespace Drover.Fuzz.Tables;

/// <summary>Keeps tables as a base library does.</summary>
internal sealed class TableWriter(ISharedMemory memory)
{
    /// <summary>The tables of a component, as a base library would have kept them.</summary>
    public static void Keep(MonitoredComponent component)
    {
        if (!component.Domain.Table.TryLease(out DataspaceLease? lease))
            throw new InvalidOperationException("the tables are gone");
        using (lease)
        {
            TableWriter tables = new(lease.Memory);
            tables.WriteHeader();
            DomainState state = component.Domain.Describe();
            foreach (CapabilityState slot in state.CapabilitySpace)
                tables.WriteMapEntry(slot.Selector, slot.Badge, 1, slot.Deliveries);
            foreach (GateState gate in state.Gates)
                tables.WritePoolEntry(gate.Label, gate.Badge, state.CapabilitySpace.Single(slot => slot.Badge == gate.Badge).Selector);
        }
    }

    public void WriteHeader()
    {
        Write(TableLayout.VersionOffset, TableLayout.Version);
        Write(TableLayout.HeaderBytesOffset, TableLayout.HeaderBytes);
        Write(TableLayout.MapOffsetOffset, (ulong)TableLayout.MapOffset);
        Write(TableLayout.MapCapacityOffset, (uint)TableLayout.Capacity);
        Write(TableLayout.MapEntryBytesOffset, (uint)TableLayout.EntryBytes);
        Write(TableLayout.PoolOffsetOffset, (ulong)TableLayout.PoolOffset);
        Write(TableLayout.PoolCapacityOffset, (uint)TableLayout.Capacity);
        Write(TableLayout.PoolEntryBytesOffset, (uint)TableLayout.EntryBytes);
        Write(TableLayout.MagicOffset, TableLayout.Magic);
    }

    public void WriteMapEntry(uint selector, ulong badge, uint owners, uint deliveries)
    {
        int entry = TableOracle.MapEntry(selector);
        Write(entry + TableLayout.EntryBadgeOffset, badge);
        Write(entry + TableLayout.MapOwnersOffset, owners);
        Write(entry + TableLayout.MapDeliveriesOffset, deliveries);
        Write(entry + TableLayout.MapStateOffset, TableLayout.StateValid);
    }

    public void WritePoolEntry(ulong label, ulong badge, uint selector)
    {
        int entry = TableOracle.PoolEntry(label);
        Write(entry + TableLayout.EntryBadgeOffset, badge);
        Write(entry + TableLayout.PoolSelectorOffset, selector);
        Write(entry + TableLayout.PoolStateOffset, TableLayout.StateValid);
    }

    private void Write(int offset, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(memory.Span((ulong)offset, sizeof(ulong)), value);

    private void Write(int offset, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(memory.Span((ulong)offset, sizeof(uint)), value);
}
