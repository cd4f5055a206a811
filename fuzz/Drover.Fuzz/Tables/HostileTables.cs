using System.Buffers.Binary;
using Drover.Contracts.Abi;
using Drover.Fuzz.Running;
using Drover.Linux.Memory;
using Drover.Monitor.Tables;

namespace Drover.Fuzz.Tables;

/// <summary>Tables of a made-up component in real shared memory, well kept at first and then damaged, and what core would
/// know of them.</summary>
internal sealed class HostileTables : IDisposable
{
    private const int PageBytes = 4096;

    private static readonly int[] s_headerFields = [0, 8, 12, 16, 24, 28, 32, 40, 44, 48, 52, 4092];

    private readonly Chance _chance;
    private readonly List<int> _touched = [0];

    public HostileTables(Chance chance)
    {
        _chance = chance;
        WriteHeader();
        int count = chance.OneIn(20) ? chance.Between(0, 3000) : chance.Between(0, 40);
        for (int i = 0; i < count; i++)
            AddCapability((ulong)i);
        int damages = chance.OneIn(4) ? 0 : chance.Between(1, 6);
        for (int i = 0; i < damages; i++)
            Damage();
    }

    public SharedMemory Memory { get; } = SharedMemory.Create("fuzzed-tables", (ulong)TableLayout.TotalBytes);

    public List<HeldCapability> Held { get; } = [];

    public List<OwnedGate> Gates { get; } = [];

    /// <summary>What lies in the memory, by the number of the page.</summary>
    public SortedDictionary<int, byte[]> Pages()
    {
        SortedDictionary<int, byte[]> pages = [];
        foreach ((ulong offset, ulong length) in Memory.PopulatedRanges())
        {
            for (ulong done = 0; done < length; done += PageBytes)
                pages[(int)((offset + done) / PageBytes)] = Memory.Span(offset + done, PageBytes).ToArray();
        }

        return pages;
    }

    /// <summary>Writes at some touched place; from any one thread.</summary>
    /// <param name="legally">True to change only what a component may change at any moment: its counts of owners.</param>
    public void Scribble(Chance chance, bool legally)
    {
        int place = PlaceIn(chance, chance.Pick(_touched));
        if (!legally)
            Write(place, (uint)chance.Interesting());
        else if (Held.Count > 0)
            Write(TableOracle.MapEntry(chance.Pick(Held).Selector) + TableLayout.MapOwnersOffset, (uint)chance.Interesting());
    }

    public void Dispose() => Memory.Dispose();

    private void WriteHeader()
    {
        Write(TableLayout.MagicOffset, TableLayout.Magic);
        Write(TableLayout.VersionOffset, TableLayout.Version);
        Write(TableLayout.HeaderBytesOffset, TableLayout.HeaderBytes);
        Write(TableLayout.MapOffsetOffset, (ulong)TableLayout.MapOffset);
        Write(TableLayout.MapCapacityOffset, (uint)TableLayout.Capacity);
        Write(TableLayout.MapEntryBytesOffset, (uint)TableLayout.EntryBytes);
        Write(TableLayout.PoolOffsetOffset, (ulong)TableLayout.PoolOffset);
        Write(TableLayout.PoolCapacityOffset, (uint)TableLayout.Capacity);
        Write(TableLayout.PoolEntryBytesOffset, (uint)TableLayout.EntryBytes);
        if (_chance.OneIn(4))
            Write(TableLayout.EpochOffset, _chance.Interesting());
    }

    private void AddCapability(ulong number)
    {
        uint selector = _chance.OneIn(5) ? (uint)_chance.Between(1, TableLayout.Capacity - 1) : (uint)_chance.Between(1, 200);
        if (Held.Any(each => each.Selector == selector))
            return;
        uint deliveries = (uint)_chance.Between(1, 5);
        ulong oldBadge = 0x7000_0000_0000 + number;
        ulong newBadge = _chance.OneIn(10) ? 0x7000_0000_0000 + (ulong)_chance.Below(50) : 0x9000_0000_0000 + number;
        Held.Add(new HeldCapability(selector, deliveries, oldBadge, newBadge));
        int entry = TableOracle.MapEntry(selector);
        // A thread may have been stopped before its last store.
        Write(entry + TableLayout.EntryBadgeOffset, _chance.OneIn(10) ? 0 : oldBadge);
        Write(entry + TableLayout.MapOwnersOffset, (uint)_chance.Between(0, 3));
        Write(entry + TableLayout.MapDeliveriesOffset, (uint)_chance.Between(0, (int)deliveries));
        bool isWritten = ReadBadge(entry) == oldBadge && !_chance.OneIn(10);
        Write(entry + TableLayout.MapStateOffset, isWritten ? TableLayout.StateValid : TableLayout.StateFree);
        if (_chance.OneIn(3))
            AddGate(selector, oldBadge, newBadge);
    }

    private void AddGate(uint selector, ulong oldBadge, ulong newBadge)
    {
        // Core takes any label, the same one twice too.
        ulong label = _chance.OneIn(30) ? _chance.Interesting() : _chance.OneIn(5) ? (ulong)_chance.Below(TableLayout.Capacity) : (ulong)_chance.Below(1000);
        if (Gates.Any(gate => gate.Label == label) && !_chance.OneIn(20))
            return;
        uint known = _chance.OneIn(10) ? 0 : selector;
        Gates.Add(new OwnedGate(label, known, oldBadge, newBadge));
        if (label >= TableLayout.Capacity || _chance.OneIn(10))
            return;
        int entry = TableOracle.PoolEntry(label);
        Write(entry + TableLayout.EntryBadgeOffset, oldBadge);
        Write(entry + TableLayout.PoolSelectorOffset, known);
        Write(entry + TableLayout.PoolStateOffset, TableLayout.StateValid);
    }

    private void Damage()
    {
        switch (_chance.Below(9))
        {
            case 0:
                Write(_chance.Pick(s_headerFields), (uint)_chance.Interesting());
                break;
            case 1:
                Write(PlaceIn(_chance, _chance.Below((int)(TableLayout.TotalBytes / PageBytes))), (uint)_chance.Interesting());
                break;
            case 2:
                CopyEntry();
                break;
            case 3:
                _chance.Bytes(PageBytes).CopyTo(Memory.Span((ulong)Touched() * PageBytes, PageBytes));
                break;
            case 4:
                FlipBit();
                break;
            case 5 when Held.Count > 0:
                // What core knows changes while the table stays.
                Held.RemoveAt(_chance.Below(Held.Count));
                break;
            case 6 when Gates.Count > 0:
                Gates.RemoveAt(_chance.Below(Gates.Count));
                break;
            case 7:
                // Touched, and still zero.
                Write(PlaceIn(_chance, _chance.Below((int)(TableLayout.TotalBytes / PageBytes))), 0u);
                break;
            default:
                Write(PlaceIn(_chance, Touched()), (uint)_chance.Interesting());
                break;
        }
    }

    private void CopyEntry()
    {
        ReadOnlySpan<byte> from = Memory.Span((ulong)EntryIn(Touched()), TableLayout.EntryBytes);
        from.CopyTo(Memory.Span((ulong)EntryIn(Touched()), TableLayout.EntryBytes));
    }

    private void FlipBit()
    {
        Span<byte> at = Memory.Span((ulong)PlaceIn(_chance, Touched()), 1);
        at[0] ^= (byte)(1 << _chance.Below(8));
    }

    private int Touched() => _chance.Pick(_touched);

    private int EntryIn(int page) => (page * PageBytes) + (_chance.Below(PageBytes / TableLayout.EntryBytes) * TableLayout.EntryBytes);

    private static int PlaceIn(Chance chance, int page) => (page * PageBytes) + (chance.Below(PageBytes / sizeof(uint)) * sizeof(uint));

    private ulong ReadBadge(int entry) => BinaryPrimitives.ReadUInt64LittleEndian(Memory.Span((ulong)entry, sizeof(ulong)));

    private void Write(int offset, ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(Memory.Span((ulong)offset, sizeof(ulong)), value);
        Touch(offset);
    }

    private void Write(int offset, uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(Memory.Span((ulong)offset, sizeof(uint)), value);
        Touch(offset);
    }

    private void Touch(int offset)
    {
        if (!_touched.Contains(offset / PageBytes))
            _touched.Add(offset / PageBytes);
    }
}
