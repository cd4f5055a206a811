using Drover.Contracts.Abi;

namespace Drover.Component.Tests.Fakes;

/// <summary>The relocatable tables as the monitor sees them: bytes of a dataspace.</summary>
internal sealed class Tables(FakeCore core)
{
    private readonly string _path = core.Pd.Tables.Path;

    public record struct MapEntry(ulong Badge, uint Owners, uint Deliveries, uint State);

    public record struct PoolEntry(ulong Badge, uint Selector, uint State);

    public byte[] Read(long offset, int lengthBytes)
    {
        byte[] bytes = new byte[lengthBytes];
        using FileStream file = new(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        file.Position = offset;
        file.ReadExactly(bytes);
        return bytes;
    }

    public void Write(long offset, ulong value)
    {
        using FileStream file = new(_path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        file.Position = offset;
        file.Write(BitConverter.GetBytes(value));
    }

    public MapEntry Map(uint selector)
    {
        byte[] entry = Read(TableLayout.MapOffset + (selector * TableLayout.EntryBytes), TableLayout.EntryBytes);
        return new(BitConverter.ToUInt64(entry, 0), BitConverter.ToUInt32(entry, 8), BitConverter.ToUInt32(entry, 12), BitConverter.ToUInt32(entry, 16));
    }

    public PoolEntry Pool(uint label)
    {
        byte[] entry = Read(TableLayout.PoolOffset + (label * TableLayout.EntryBytes), TableLayout.EntryBytes);
        return new(BitConverter.ToUInt64(entry, 0), BitConverter.ToUInt32(entry, 8), BitConverter.ToUInt32(entry, 12));
    }

    /// <summary>Valid entries of the map, as core's capability space has them.</summary>
    public Dictionary<uint, (ulong Badge, uint Deliveries)> ValidMap() =>
        Enumerable.Range(0, 4096)
            .Select(selector => (Selector: (uint)selector, Entry: Map((uint)selector)))
            .Where(slot => slot.Entry.State == TableLayout.StateValid)
            .ToDictionary(slot => slot.Selector, slot => (slot.Entry.Badge, slot.Entry.Deliveries));

    /// <summary>Writes new badges and raises the epoch, as a restore does.</summary>
    public void Relocate(Func<ulong, ulong> newBadge)
    {
        for (uint index = 0; index < 4096; index++)
        {
            if (Map(index).State == TableLayout.StateValid)
                Write(TableLayout.MapOffset + (index * TableLayout.EntryBytes), newBadge(Map(index).Badge));
            if (Pool(index).State == TableLayout.StateValid)
                Write(TableLayout.PoolOffset + (index * TableLayout.EntryBytes), newBadge(Pool(index).Badge));
        }

        Write(TableLayout.EpochOffset, BitConverter.ToUInt64(Read(TableLayout.EpochOffset, 8)) + 1);
    }
}
