using System.Buffers.Binary;
using Drover.Monitor.Tables;

namespace Drover.Fuzz.Tables;

/// <summary>What docs/abi.md says of tables, written down a second time and as plainly as can be: looks at pages by their
/// number, knows nothing of how the monitor goes about it.</summary>
internal sealed class TableOracle
{
    private const int PageBytes = 4096;
    private const int Entries = 1_048_576;
    private const int EntryBytes = 32;
    private const int MapStart = 4096;
    private const int PoolStart = 33_558_528;

    private static readonly (int Offset, int Length, ulong Value)[] s_header =
    [
        (0, 8, 0x5443_5245_564F_5244), (8, 4, 1), (12, 4, 4096), (16, 8, MapStart), (24, 4, Entries), (28, 4, EntryBytes),
        (32, 8, PoolStart), (40, 4, Entries), (44, 4, EntryBytes),
    ];

    private readonly SortedDictionary<int, byte[]> _pages;
    private readonly Dictionary<uint, HeldCapability> _held;
    private readonly IReadOnlyList<OwnedGate> _gates;

    /// <param name="pages">Pages by number; those that are absent are zero. Not changed.</param>
    public TableOracle(SortedDictionary<int, byte[]> pages, IReadOnlyList<HeldCapability> held, IReadOnlyList<OwnedGate> gates)
    {
        _pages = pages;
        _held = held.ToDictionary(each => each.Selector);
        _gates = gates;
    }

    public static int MapEntry(uint selector) => MapStart + ((int)selector * EntryBytes);

    public static int PoolEntry(ulong label) => PoolStart + ((int)label * EntryBytes);

    public bool Accepts() =>
        s_header.All(field => Read(field.Offset, field.Length) == field.Value)
        && _gates.Select(gate => gate.Label).Distinct().Count() == _gates.Count
        && TouchedEntries(MapStart).All(MapEntryHolds)
        && TouchedEntries(PoolStart).All(PoolEntryHolds);

    public IEnumerable<uint> ValidSelectors() => TouchedEntries(MapStart).Where(selector => Read(MapEntry(selector) + 16, 4) == 1);

    public IEnumerable<uint> ValidLabels() => TouchedEntries(PoolStart).Where(label => Read(PoolEntry(label) + 12, 4) == 1);

    /// <summary>The tables after they were accepted and relocated.</summary>
    public SortedDictionary<int, byte[]> Relocated()
    {
        SortedDictionary<int, byte[]> result = [];
        foreach ((int number, byte[] page) in _pages)
            result[number] = [.. page];
        foreach (HeldCapability held in _held.Values.Where(each => each.Selector is > 0 and < Entries))
            Write(result, MapEntry(held.Selector), held.NewBadge);
        foreach (OwnedGate gate in _gates.Where(each => each.Label < Entries))
            Write(result, PoolEntry(gate.Label), gate.NewBadge);
        Write(result, 48, unchecked(Read(48, 8) + 1));
        return result;
    }

    private IEnumerable<uint> TouchedEntries(int start)
    {
        foreach (int page in _pages.Keys)
        {
            long first = (((long)page * PageBytes) - start) / EntryBytes;
            for (long entry = first; entry < first + (PageBytes / EntryBytes) && first >= 0; entry++)
            {
                if (entry is >= 0 and < Entries)
                    yield return (uint)entry;
            }
        }
    }

    private bool MapEntryHolds(uint selector) => Read(MapEntry(selector) + 16, 4) switch
    {
        0 => true,
        1 => _held.TryGetValue(selector, out HeldCapability held)
            && Read(MapEntry(selector), 8) == held.OldBadge
            && Read(MapEntry(selector) + 12, 4) <= held.Deliveries,
        _ => false,
    };

    private bool PoolEntryHolds(uint label) => Read(PoolEntry(label) + 12, 4) switch
    {
        0 => true,
        1 => _gates.Any(gate => gate.Label == label
            && Read(PoolEntry(label), 8) == gate.OldBadge
            && Read(PoolEntry(label) + 8, 4) == gate.Selector),
        _ => false,
    };

    private ulong Read(int offset, int length)
    {
        if (!_pages.TryGetValue(offset / PageBytes, out byte[]? page))
            return 0;
        ReadOnlySpan<byte> at = page.AsSpan(offset % PageBytes, length);
        return length == 8 ? BinaryPrimitives.ReadUInt64LittleEndian(at) : BinaryPrimitives.ReadUInt32LittleEndian(at);
    }

    private static void Write(SortedDictionary<int, byte[]> pages, int offset, ulong value)
    {
        if (!pages.TryGetValue(offset / PageBytes, out byte[]? page))
            pages[offset / PageBytes] = page = new byte[PageBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(page.AsSpan(offset % PageBytes), value);
    }
}
