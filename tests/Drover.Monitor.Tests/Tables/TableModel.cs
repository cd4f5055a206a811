using Drover.Contracts.Abi;
using Drover.Monitor.Tables;

namespace Drover.Monitor.Tests.Tables;

/// <summary>Builds tables as a well-behaved base library would leave them, and what core would know of them.</summary>
internal sealed class TableModel
{
    private readonly SortedDictionary<long, byte[]> _pages = [];

    public TableModel()
    {
        WriteUInt64(TableLayout.MagicOffset, TableLayout.Magic);
        WriteUInt32(TableLayout.VersionOffset, TableLayout.Version);
        WriteUInt32(TableLayout.HeaderBytesOffset, TableLayout.HeaderBytes);
        WriteUInt64(TableLayout.MapOffsetOffset, (ulong)TableLayout.MapOffset);
        WriteUInt32(TableLayout.MapCapacityOffset, TableLayout.Capacity);
        WriteUInt32(TableLayout.MapEntryBytesOffset, TableLayout.EntryBytes);
        WriteUInt64(TableLayout.PoolOffsetOffset, (ulong)TableLayout.PoolOffset);
        WriteUInt32(TableLayout.PoolCapacityOffset, TableLayout.Capacity);
        WriteUInt32(TableLayout.PoolEntryBytesOffset, TableLayout.EntryBytes);
    }

    public List<HeldCapability> Held { get; } = [];

    public List<OwnedGate> Gates { get; } = [];

    public TableModel Hold(uint selector, ulong oldBadge, ulong newBadge, uint deliveries = 1, bool valid = true)
    {
        Held.Add(new HeldCapability(selector, deliveries, oldBadge, newBadge));
        long entry = MapEntry(selector);
        WriteUInt64(entry + TableLayout.EntryBadgeOffset, valid ? oldBadge : 0);
        WriteUInt32(entry + TableLayout.MapOwnersOffset, valid ? 1u : 0);
        WriteUInt32(entry + TableLayout.MapDeliveriesOffset, valid ? deliveries : 0);
        WriteUInt32(entry + TableLayout.MapStateOffset, valid ? TableLayout.StateValid : TableLayout.StateFree);
        return this;
    }

    public TableModel Serve(ulong label, uint selector, ulong oldBadge, ulong newBadge)
    {
        Gates.Add(new OwnedGate(label, selector, oldBadge, newBadge));
        long entry = PoolEntry(label);
        WriteUInt64(entry + TableLayout.EntryBadgeOffset, oldBadge);
        WriteUInt32(entry + TableLayout.PoolSelectorOffset, selector);
        WriteUInt32(entry + TableLayout.PoolStateOffset, TableLayout.StateValid);
        return this;
    }

    public TableCopy Copy() =>
        TableCopy.Of(_pages.Select(page => ((ulong)page.Key * TableCopy.PageBytes, page.Value.ToArray())));

    public void WriteUInt64(long offset, ulong value) => BitConverter.TryWriteBytes(Room(offset), value);

    public void WriteUInt32(long offset, uint value) => BitConverter.TryWriteBytes(Room(offset), value);

    public static long MapEntry(ulong selector) => TableLayout.MapOffset + ((long)selector * TableLayout.EntryBytes);

    public static long PoolEntry(ulong label) => TableLayout.PoolOffset + ((long)label * TableLayout.EntryBytes);

    private Span<byte> Room(long offset)
    {
        long page = offset / TableCopy.PageBytes;
        if (!_pages.TryGetValue(page, out byte[]? bytes))
            _pages[page] = bytes = new byte[TableCopy.PageBytes];
        return bytes.AsSpan((int)(offset % TableCopy.PageBytes));
    }
}
