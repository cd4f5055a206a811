using Drover.Linux.Native;
using Drover.Linux.Stub;
using Drover.Platform;
using Drover.Platform.State;

namespace Drover.Linux.Processes;

/// <summary>The resource limits that a component runs under (getrlimit(2)).</summary>
internal static class ResourceLimits
{
    /// <summary>The namespace's init, the anchor, and snapshots: they count as processes of the component's user.</summary>
    private const ulong ProcessesOfOurOwn = 40;

    /// <summary>Also what the C library gives each new thread.</summary>
    private const ulong StackBytes = 2 << 20;

    private const ulong Descriptors = 4096;

    /// <summary>Address space beyond the quota: the runtime reserves 3 GiB, and dataspaces lie there. Without a limit
    /// the page tables of memory that is only read would be without one.</summary>
    private const ulong ReservedBytes = 16ul << 30;

    /// <summary>Adds the calls that set them for the process that issues them. Each only ever lowers.</summary>
    /// <param name="batch">Gets the calls.</param>
    /// <param name="limits">What the component may use.</param>
    /// <param name="recorded">Limits of a recorded process, which may have lowered its own.</param>
    public static void Add(
        CallBatch batch, ProcessLimits limits, IReadOnlyList<ResourceLimitState>? recorded = null)
    {
        (int Resource, ulong Value)[] own =
        [
            (ResourceLimit.Data, limits.PrivateMemoryBytes),
            (ResourceLimit.AddressSpace, AddressSpaceBytes(limits)),
            (ResourceLimit.ProcessCount, (ulong)limits.Threads + ProcessesOfOurOwn),
            (ResourceLimit.Stack, StackBytes),
            (ResourceLimit.Core, 0),
            (ResourceLimit.OpenFiles, Descriptors),
            (ResourceLimit.LockedMemory, 0),
            (ResourceLimit.MessageQueueBytes, 0),
            // It may write to dataspaces through mappings only, which is what the write tracking sees: a write(2) to the descriptor,
            // which it gets for the mapping, fails with EFBIG. It can write to no other file anyway; pipes are not concerned.
            (ResourceLimit.FileLength, 0),
        ];
        foreach ((int resource, ulong value) in own)
        {
            ulong soft = ulong.MaxValue;
            if (resource is ResourceLimit.Stack or ResourceLimit.OpenFiles)
                soft = recorded?.FirstOrDefault(limit => limit.Resource == resource, new(0, soft, soft)).Soft ?? soft;
            AddLimit(batch, resource, value, soft);
        }
    }

    /// <summary>Adds those that the layout of a program's memory depends on.</summary>
    public static void AddForMemory(CallBatch batch, ProcessLimits limits)
    {
        AddLimit(batch, ResourceLimit.Data, limits.PrivateMemoryBytes, ulong.MaxValue);
        AddLimit(batch, ResourceLimit.AddressSpace, AddressSpaceBytes(limits), ulong.MaxValue);
        AddLimit(batch, ResourceLimit.Stack, StackBytes, ulong.MaxValue);
    }

    private static ulong AddressSpaceBytes(ProcessLimits limits) =>
        (4 * Math.Min(limits.PrivateMemoryBytes, 1ul << 46)) + ReservedBytes;

    private static void AddLimit(CallBatch batch, int resource, ulong value, ulong soft)
    {
        ulong lowered = Math.Min(value, OwnHardLimit(resource));
        ulong pair = batch.Put(new ResourceLimitPair { Soft = Math.Min(soft, lowered), Hard = lowered });
        batch.Require("prlimit64", SystemCall.ProcessLimit, 0, (ulong)resource, pair, 0);
    }

    private static unsafe ulong OwnHardLimit(int resource)
    {
        ResourceLimitPair own;
        LinuxException.Check(Libc.Call(SystemCall.ProcessLimit, 0, resource, 0, (nint)(&own), 0), "prlimit64");
        return own.Hard;
    }
}
