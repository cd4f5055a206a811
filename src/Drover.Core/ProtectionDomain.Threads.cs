using Drover.Contracts.Abi;
using Drover.Core.Ipc;
using Drover.Platform.Traps;

namespace Drover.Core;

/// <summary>Threads that core knows, as the machine sees them. Looks into /proc.</summary>
public sealed partial class ProtectionDomain
{
    /// <summary>UTCB slots that have a thread, ascending.</summary>
    public IReadOnlyList<int> ThreadSlots()
    {
        using KernelScope scope = Kernel.Enter();
        return [.. _threads.All.Select(thread => thread.Slot)];
    }

    /// <summary>Null if there is no thread in that slot. May be anything: the component chooses it.</summary>
    public string? ThreadName(int slot) => Locate(slot) is { } thread ? thread.Port.ThreadName(thread.NamespaceThreadId) : null;

    /// <summary>The CPUs that the thread may run on, as sched_getaffinity(2) gives them; null if there is no thread in that slot.</summary>
    public byte[]? ThreadAffinity(int slot) => Locate(slot) is { } thread ? thread.Port.ThreadAffinity(thread.NamespaceThreadId) : null;

    /// <summary>False if there is no thread in that slot, or none of the CPUs is there.</summary>
    public bool TrySetThreadAffinity(int slot, ReadOnlySpan<byte> mask) =>
        Locate(slot) is { } thread && thread.Port.TrySetThreadAffinity(thread.NamespaceThreadId, mask);

    private (ITrapPort Port, int NamespaceThreadId)? Locate(int slot)
    {
        using KernelScope scope = Kernel.Enter();
        return slot is >= 0 and < UtcbLayout.SlotCount && Port is { } port && _threads.At(slot) is KernelThread { NamespaceThreadId: > 0 } thread
            ? (port, thread.NamespaceThreadId)
            : null;
    }
}
