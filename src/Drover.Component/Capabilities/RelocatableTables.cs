using Drover.Contracts.Abi;

namespace Drover.Component.Capabilities;

/// <summary>Writes the header of the tables into their dataspace.</summary>
internal static unsafe class RelocatableTables
{
    /// <summary>Fills in all but the magic number.</summary>
    public static void Format(byte* tables)
    {
        Write(tables, TableLayout.VersionOffset, TableLayout.Version);
        Write(tables, TableLayout.HeaderBytesOffset, TableLayout.HeaderBytes);
        Write(tables, TableLayout.MapOffsetOffset, (ulong)TableLayout.MapOffset);
        Write(tables, TableLayout.MapCapacityOffset, TableLayout.Capacity);
        Write(tables, TableLayout.MapEntryBytesOffset, TableLayout.EntryBytes);
        Write(tables, TableLayout.PoolOffsetOffset, (ulong)TableLayout.PoolOffset);
        Write(tables, TableLayout.PoolCapacityOffset, TableLayout.Capacity);
        Write(tables, TableLayout.PoolEntryBytesOffset, TableLayout.EntryBytes);
    }

    /// <summary>From now on the tables hold, and the component can be checkpointed.</summary>
    public static void Publish(byte* tables) =>
        Volatile.Write(ref *(ulong*)(tables + TableLayout.MagicOffset), TableLayout.Magic);

    private static void Write<T>(byte* tables, int offset, T value)
        where T : unmanaged => *(T*)(tables + offset) = value;
}
