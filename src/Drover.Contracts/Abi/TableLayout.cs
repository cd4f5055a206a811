namespace Drover.Contracts.Abi;

/// <summary>
/// Layout of the dataspace that holds a component's relocatable tables: a header page, the capability map (an array
/// indexed by selector) and the object pool (an array indexed by label). No pointer is in it. Little endian.
/// </summary>
/// <remarks>
/// Header: 0 magic u64, 8 version u32, 12 header bytes u32, 16 capability-map offset u64, 24 capability-map capacity
/// u32 (entries), 28 entry bytes u32, 32 object-pool offset u64, 40 object-pool capacity u32 (entries), 44 entry bytes
/// u32, 48 relocation epoch u64 (raised by the monitor whenever it wrote badges), rest zero.
/// Map entry: 0 badge u64, 8 owners u32, 12 deliveries u32, 16 state u32, 20-31 zero.
/// Pool entry: 0 badge u64, 8 selector u32, 12 state u32, 16-31 zero.
/// The state is stored last when an entry becomes valid and first when it is given up.
/// </remarks>
public static class TableLayout
{
    /// <summary>"DROVERCT" in memory order.</summary>
    public const ulong Magic = 0x5443_5245_564F_5244;

    public const uint Version = 1;

    public const int HeaderBytes = 4096;

    public const int Capacity = 1 << 20;

    public const int MagicOffset = 0;

    public const int VersionOffset = 8;

    public const int HeaderBytesOffset = 12;

    public const int MapOffsetOffset = 16;

    public const int MapCapacityOffset = 24;

    public const int MapEntryBytesOffset = 28;

    public const int PoolOffsetOffset = 32;

    public const int PoolCapacityOffset = 40;

    public const int PoolEntryBytesOffset = 44;

    public const int EpochOffset = 48;

    public const int EntryBytes = 32;

    public const long MapOffset = HeaderBytes;

    public const long PoolOffset = MapOffset + ((long)Capacity * EntryBytes);

    public const long TotalBytes = PoolOffset + ((long)Capacity * EntryBytes);

    public const int EntryBadgeOffset = 0;

    public const int MapOwnersOffset = 8;

    public const int MapDeliveriesOffset = 12;

    public const int MapStateOffset = 16;

    public const int PoolSelectorOffset = 8;

    public const int PoolStateOffset = 12;

    /// <summary>State of an entry that nothing is kept in.</summary>
    public const uint StateFree = 0;

    /// <summary>State of an entry whose fields hold.</summary>
    public const uint StateValid = 1;
}
