using Drover.Contracts.Abi;

namespace Drover.Monitor.Tables;

/// <summary>
/// Checks a copy of the tables against core's capability space and writes new badges into it. Core is the truth; a
/// valid entry that says something else fails the whole. An entry that is not valid yet is one that a thread was
/// stopped in the middle of writing: it gets its badge all the same, and the thread finds the epoch changed.
/// </summary>
internal static class TableRelocation
{
    /// <summary>Throws <see cref="TableFormatException"/> if the tables do not agree with core. Time is linear in the
    /// touched pages of the tables, whatever they contain.</summary>
    public static void Check(TableCopy tables, IReadOnlyList<HeldCapability> held, IReadOnlyList<OwnedGate> gates)
    {
        CheckHeader(tables);
        CheckMap(tables, held.ToDictionary(capability => capability.Selector));
        CheckPool(tables, ByLabel(gates));
    }

    /// <summary>Checks, then writes the new badges and raises the epoch.</summary>
    public static void Relocate(TableCopy tables, IReadOnlyList<HeldCapability> held, IReadOnlyList<OwnedGate> gates)
    {
        Check(tables, held, gates);
        foreach (HeldCapability capability in held)
        {
            if (capability.Selector is > 0 and < TableLayout.Capacity)
                tables.WriteUInt64(MapEntry(capability.Selector) + TableLayout.EntryBadgeOffset, capability.NewBadge);
        }

        foreach (OwnedGate gate in gates)
        {
            if (gate.Label < TableLayout.Capacity)
                tables.WriteUInt64(PoolEntry(gate.Label) + TableLayout.EntryBadgeOffset, gate.NewBadge);
        }

        ulong epoch = tables.ReadUInt64(TableLayout.EpochOffset);
        tables.WriteUInt64(TableLayout.EpochOffset, unchecked(epoch + 1));
    }

    private static long MapEntry(ulong selector) => TableLayout.MapOffset + ((long)selector * TableLayout.EntryBytes);

    private static long PoolEntry(ulong label) => TableLayout.PoolOffset + ((long)label * TableLayout.EntryBytes);

    private static Dictionary<ulong, OwnedGate> ByLabel(IReadOnlyList<OwnedGate> gates)
    {
        Dictionary<ulong, OwnedGate> byLabel = new(gates.Count);
        foreach (OwnedGate gate in gates)
        {
            if (!byLabel.TryAdd(gate.Label, gate))
                throw new TableFormatException($"gates labelled {gate.Label}", "one", "several");
        }

        return byLabel;
    }

    private static void CheckHeader(TableCopy tables)
    {
        Expect("header magic", TableLayout.Magic, tables.ReadUInt64(TableLayout.MagicOffset));
        Expect("header version", TableLayout.Version, tables.ReadUInt32(TableLayout.VersionOffset));
        Expect("header length", TableLayout.HeaderBytes, tables.ReadUInt32(TableLayout.HeaderBytesOffset));
        Expect("capability map offset", (ulong)TableLayout.MapOffset, tables.ReadUInt64(TableLayout.MapOffsetOffset));
        Expect("capability map capacity", TableLayout.Capacity, tables.ReadUInt32(TableLayout.MapCapacityOffset));
        Expect("capability map entry length", TableLayout.EntryBytes, tables.ReadUInt32(TableLayout.MapEntryBytesOffset));
        Expect("object pool offset", (ulong)TableLayout.PoolOffset, tables.ReadUInt64(TableLayout.PoolOffsetOffset));
        Expect("object pool capacity", TableLayout.Capacity, tables.ReadUInt32(TableLayout.PoolCapacityOffset));
        Expect("object pool entry length", TableLayout.EntryBytes, tables.ReadUInt32(TableLayout.PoolEntryBytesOffset));
    }

    private static void CheckMap(TableCopy tables, Dictionary<uint, HeldCapability> held)
    {
        foreach (uint selector in PopulatedEntries(tables, TableLayout.MapOffset))
        {
            long entry = MapEntry(selector);
            if (!IsValid(tables, entry + TableLayout.MapStateOffset, "capability map entry", selector))
                continue;
            string where = $"capability map entry {selector}";
            if (!held.TryGetValue(selector, out HeldCapability capability))
                throw new TableFormatException(where, "no valid entry, for the capability space holds nothing there", "a valid one");
            Expect($"{where}, badge", capability.OldBadge, tables.ReadUInt64(entry + TableLayout.EntryBadgeOffset));
            uint deliveries = tables.ReadUInt32(entry + TableLayout.MapDeliveriesOffset);
            if (deliveries > capability.Deliveries)
                throw new TableFormatException($"{where}, deliveries", $"at most {capability.Deliveries}", $"{deliveries}");
        }
    }

    private static void CheckPool(TableCopy tables, Dictionary<ulong, OwnedGate> gates)
    {
        foreach (uint label in PopulatedEntries(tables, TableLayout.PoolOffset))
        {
            long entry = PoolEntry(label);
            if (!IsValid(tables, entry + TableLayout.PoolStateOffset, "object pool entry", label))
                continue;
            string where = $"object pool entry {label}";
            if (!gates.TryGetValue(label, out OwnedGate gate))
                throw new TableFormatException(where, "no valid entry, for no gate has this label", "a valid one");
            Expect($"{where}, badge", gate.OldBadge, tables.ReadUInt64(entry + TableLayout.EntryBadgeOffset));
            Expect($"{where}, selector", gate.Selector, tables.ReadUInt32(entry + TableLayout.PoolSelectorOffset));
        }
    }

    public static IEnumerable<uint> PopulatedEntries(TableCopy tables, long arrayOffset)
    {
        const int EntriesPerPage = TableCopy.PageBytes / TableLayout.EntryBytes;
        int firstPage = (int)(arrayOffset / TableCopy.PageBytes);
        int pageCount = TableLayout.Capacity / EntriesPerPage;
        foreach (int page in tables.PopulatedPages)
        {
            if (page < firstPage || page >= firstPage + pageCount)
                continue;
            uint first = (uint)((page - firstPage) * EntriesPerPage);
            for (uint entry = first; entry < first + EntriesPerPage; entry++)
                yield return entry;
        }
    }

    private static bool IsValid(TableCopy tables, long stateOffset, string table, uint index) =>
        tables.ReadUInt32(stateOffset) switch
        {
            TableLayout.StateFree => false,
            TableLayout.StateValid => true,
            uint other => throw new TableFormatException($"{table} {index}, state", $"{TableLayout.StateFree} or {TableLayout.StateValid}", $"{other}"),
        };

    private static void Expect(string where, ulong expected, ulong found)
    {
        if (expected != found)
            throw new TableFormatException(where, $"0x{expected:x}", $"0x{found:x}");
    }
}
