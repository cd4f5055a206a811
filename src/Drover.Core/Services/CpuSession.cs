using Drover.Contracts;
using Drover.Contracts.Abi;
using Drover.Contracts.Sessions;

namespace Drover.Core.Services;

/// <summary>The component's threads. Never blocks; to be served inline.</summary>
public sealed class CpuSession(ProtectionDomain domain) : ICpuSession
{
    private const int BitsPerByte = 8;

    public uint KnownThreads() => (uint)domain.KnownThreads;

    public uint Processors() => (uint)domain.Kernel.Processors;

    public byte[] ThreadSlots()
    {
        byte[] slots = new byte[UtcbLayout.SlotCount / BitsPerByte];
        foreach (int slot in domain.ThreadSlots())
            slots[slot / BitsPerByte] |= (byte)(1 << (slot % BitsPerByte));
        return slots;
    }

    public Attempt<string, ThreadError> ThreadName(uint slot) =>
        domain.ThreadName(Slot(slot)) is { } name ? name : ThreadError.NoSuchThread;

    public Attempt<byte[], ThreadError> ThreadAffinity(uint slot) =>
        domain.ThreadAffinity(Slot(slot)) is { } mask ? mask : ThreadError.NoSuchThread;

    public Attempt<Unit, ThreadError> SetThreadAffinity(uint slot, ReadOnlySpan<byte> mask)
    {
        if (domain.ThreadAffinity(Slot(slot)) is null)
            return ThreadError.NoSuchThread;
        return domain.TrySetThreadAffinity(Slot(slot), mask) ? Unit.Value : ThreadError.NoSuchProcessor;
    }

    private static int Slot(uint slot) => (int)Math.Min(slot, int.MaxValue);
}
