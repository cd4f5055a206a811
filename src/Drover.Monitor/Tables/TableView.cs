using Drover.Contracts.Abi;
using Drover.Core.Memory;
using Drover.Images;
using Drover.Images.State;
using Drover.Platform;

namespace Drover.Monitor.Tables;

/// <summary>An entry of the capability map, as the component wrote it: not to be trusted.</summary>
public readonly record struct MapEntryView(uint Selector, ulong Badge, uint Owners, uint Deliveries);

/// <summary>An entry of the object pool, as the component wrote it: not to be trusted.</summary>
public readonly record struct PoolEntryView(uint Label, ulong Badge, uint Selector);

/// <summary>The valid entries of a component's tables, for people.</summary>
public sealed record TableView(IReadOnlyList<MapEntryView> Map, IReadOnlyList<PoolEntryView> Pool)
{
    private static readonly TableView Empty = new([], []);

    /// <summary>A picture of a running component's tables.</summary>
    public static TableView Of(MonitoredComponent component)
    {
        ArgumentNullException.ThrowIfNull(component);
        if (!component.Domain.Table.TryLease(out DataspaceLease? lease))
            return Empty;
        using (lease)
            return Of(TableCopy.Take(lease.Memory));
    }

    /// <summary>The tables in an image.</summary>
    public static TableView Of(IImageContent image)
    {
        ArgumentNullException.ThrowIfNull(image);
        return image.Manifest.Domain.TableDataspace is { } tables ? Of(CopyFrom(image.Dataspace(tables))) : Empty;
    }

    internal static TableCopy CopyFrom(IPageSource content) => TableCopy.Of(Pages(content));

    private static IEnumerable<(ulong OffsetBytes, byte[] Page)> Pages(IPageSource content)
    {
        foreach (PageRun run in content.Runs)
        {
            for (ulong offset = run.Address; offset < run.End; offset += TableCopy.PageBytes)
            {
                byte[] page = new byte[TableCopy.PageBytes];
                content.Read(offset, page);
                yield return (offset, page);
            }
        }
    }

    internal static TableView Of(TableCopy tables) => new(
        [
            .. TableRelocation.PopulatedEntries(tables, TableLayout.MapOffset)
                .Select(selector => (Selector: selector, Entry: TableLayout.MapOffset + ((long)selector * TableLayout.EntryBytes)))
                .Where(slot => tables.ReadUInt32(slot.Entry + TableLayout.MapStateOffset) == TableLayout.StateValid)
                .Select(slot => new MapEntryView(
                    slot.Selector,
                    tables.ReadUInt64(slot.Entry + TableLayout.EntryBadgeOffset),
                    tables.ReadUInt32(slot.Entry + TableLayout.MapOwnersOffset),
                    tables.ReadUInt32(slot.Entry + TableLayout.MapDeliveriesOffset))),
        ],
        [
            .. TableRelocation.PopulatedEntries(tables, TableLayout.PoolOffset)
                .Select(label => (Label: label, Entry: TableLayout.PoolOffset + ((long)label * TableLayout.EntryBytes)))
                .Where(slot => tables.ReadUInt32(slot.Entry + TableLayout.PoolStateOffset) == TableLayout.StateValid)
                .Select(slot => new PoolEntryView(
                    slot.Label,
                    tables.ReadUInt64(slot.Entry + TableLayout.EntryBadgeOffset),
                    tables.ReadUInt32(slot.Entry + TableLayout.PoolSelectorOffset))),
        ]);
}
