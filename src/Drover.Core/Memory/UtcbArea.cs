using System.Buffers.Binary;
using Drover.Contracts.Abi;
using Drover.Core.Capabilities;
using Drover.Core.Ipc;
using Drover.Platform;

namespace Drover.Core.Memory;

/// <summary>
/// The pages that a component's threads exchange messages in. The component can write them at any moment: a value is
/// read from here once, into core's memory, and judged there. Guarded by the kernel's lock.
/// </summary>
internal sealed class UtcbArea(ISharedMemory memory)
{
    public ISharedMemory Memory { get; } = memory;

    private const int SelectorBytes = sizeof(uint);

    /// <summary>Copies a message out. A refusal leaves <paramref name="message"/> empty.</summary>
    public CallStatus Read(int slot, MessageInfo info, CapabilitySpace space, KernelMessage message)
    {
        if (!info.Fits)
            return CallStatus.MessageTooLong;
        ReadOnlySpan<byte> utcb = SlotAt(slot);
        message.Load(utcb.Slice(UtcbLayout.DataOffset, info.DataBytes));
        for (int i = 0; i < info.Capabilities; i++)
        {
            uint selector = BinaryPrimitives.ReadUInt32LittleEndian(utcb[CapabilityOffset(i)..]);
            if (space.Find(selector) is not { } held)
            {
                message.Reset();
                return CallStatus.NoSuchSelector;
            }

            message.Append(held);
        }

        return CallStatus.Ok;
    }

    public void WriteHeader(int slot, ulong badge, ulong label)
    {
        Span<byte> utcb = SlotAt(slot);
        BinaryPrimitives.WriteUInt64LittleEndian(utcb[UtcbLayout.BadgeOffset..], badge);
        BinaryPrimitives.WriteUInt64LittleEndian(utcb[UtcbLayout.LabelOffset..], label);
    }

    public void WriteCapability(int slot, int index, uint selector, ulong badge)
    {
        Span<byte> entry = SlotAt(slot).Slice(CapabilityOffset(index), UtcbLayout.CapabilityBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(entry, selector);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[SelectorBytes..], 0);
        BinaryPrimitives.WriteUInt64LittleEndian(entry[UtcbLayout.CapabilityBadgeOffset..], badge);
    }

    /// <summary>The room for data of a slot.</summary>
    public Span<byte> DataAt(int slot) => SlotAt(slot).Slice(UtcbLayout.DataOffset, UtcbLayout.DataBytes);

    /// <summary>Puts the new badge where the old one still stands; what the component has written over stays.</summary>
    public void RewriteBadge(int slot, ulong old, ulong now)
    {
        Span<byte> field = SlotAt(slot)[UtcbLayout.BadgeOffset..];
        if (BinaryPrimitives.ReadUInt64LittleEndian(field) == old)
            BinaryPrimitives.WriteUInt64LittleEndian(field, now);
    }

    /// <summary>Likewise for a capability that arrived under a selector.</summary>
    public void RewriteCapability(int slot, int index, uint selector, ulong old, ulong now)
    {
        Span<byte> entry = SlotAt(slot).Slice(CapabilityOffset(index), UtcbLayout.CapabilityBytes);
        Span<byte> badge = entry[UtcbLayout.CapabilityBadgeOffset..];
        if (BinaryPrimitives.ReadUInt32LittleEndian(entry) == selector && BinaryPrimitives.ReadUInt64LittleEndian(badge) == old)
            BinaryPrimitives.WriteUInt64LittleEndian(badge, now);
    }

    private static int CapabilityOffset(int index) => UtcbLayout.CapabilitiesOffset + (index * UtcbLayout.CapabilityBytes);

    private Span<byte> SlotAt(int slot) => Memory.Span((ulong)slot * UtcbLayout.SlotBytes, UtcbLayout.SlotBytes);
}
