using Drover.Contracts.Abi;

namespace Drover.Component.Capabilities;

/// <summary>Writes the header of the tables into their dataspace.</summary>
internal static unsafe class RelocatableTables
{
    /// <summary>Makes an empty dataspace one that holds tables; takes one that holds them already as it is.</summary>
    public static void Format(byte* tables)
    {
        if (*(ulong*)(tables + TableLayout.MagicOffset) == TableLayout.Magic)
        {
            uint version = *(uint*)(tables + TableLayout.VersionOffset);
            if (version != TableLayout.Version)
                throw new InvalidOperationException($"the relocatable tables are of version {version}, not {TableLayout.Version}");
            return;
        }

        Write(tables, TableLayout.VersionOffset, TableLayout.Version);
        Write(tables, TableLayout.HeaderBytesOffset, TableLayout.HeaderBytes);
        Write(tables, TableLayout.MapOffsetOffset, (ulong)TableLayout.MapOffset);
        Write(tables, TableLayout.MapCapacityOffset, TableLayout.Capacity);
        Write(tables, TableLayout.MapEntryBytesOffset, TableLayout.EntryBytes);
        Write(tables, TableLayout.PoolOffsetOffset, (ulong)TableLayout.PoolOffset);
        Write(tables, TableLayout.PoolCapacityOffset, TableLayout.Capacity);
        Write(tables, TableLayout.PoolEntryBytesOffset, TableLayout.EntryBytes);
        Volatile.Write(ref *(ulong*)(tables + TableLayout.MagicOffset), TableLayout.Magic);
    }

    private static void Write<T>(byte* tables, int offset, T value)
        where T : unmanaged => *(T*)(tables + offset) = value;
}
