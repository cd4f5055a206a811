namespace Drover.Contracts.Abi;

/// <summary>
/// Layout of the UTCBs: pages shared by core and component, one slot per thread. Core copies a message out before it
/// looks at it. All numbers are little endian.
/// </summary>
/// <remarks>
/// Slot: 0 badge (u64, of the invoked gate, in a request), 8 label (u64, likewise), 16-63 reserved, zero;
/// 64 capabilities: <see cref="MaxCapabilities"/> entries of 16 bytes {selector u32, 0 u32, badge u64}, the badge
/// set by core on arrival; 320 data.
/// </remarks>
public static class UtcbLayout
{
    /// <summary>Where every component finds its UTCBs.</summary>
    public const ulong AreaAddress = 0x1000_0000_0000;

    public const int SlotBytes = 4096;

    /// <summary>Threads of one component that can be known to core at a time.</summary>
    public const int SlotCount = 1024;

    public const int AreaBytes = SlotBytes * SlotCount;

    public const int BadgeOffset = 0;

    public const int LabelOffset = 8;

    public const int CapabilitiesOffset = 64;

    public const int CapabilityBytes = 16;

    public const int MaxCapabilities = 16;

    public const int CapabilityBadgeOffset = 8;

    public const int DataOffset = CapabilitiesOffset + (CapabilityBytes * MaxCapabilities);

    public const int DataBytes = SlotBytes - DataOffset;
}
