using Drover.Linux.Native;
using Drover.Linux.Stub;
using Drover.Platform;

namespace Drover.Linux.Processes;

/// <summary>The resource limits that a component runs under (getrlimit(2)).</summary>
internal static class ResourceLimits
{
    /// <summary>Also what the C library gives each new thread.</summary>
    private const ulong StackBytes = 2 << 20;

    private const ulong Descriptors = 4096;

    /// <summary>The namespace's init, and snapshots that are being read.</summary>
    private const ulong ProcessesOfOurOwn = 8;

    /// <summary>Adds the calls that set them for the process that issues them. Each only ever lowers.</summary>
    public static void Add(CallBatch batch, ProcessLimits limits)
    {
        AddLimit(batch, ResourceLimit.Data, limits.PrivateMemoryBytes);
        AddLimit(batch, ResourceLimit.ProcessCount, (ulong)limits.Threads + ProcessesOfOurOwn);
        AddLimit(batch, ResourceLimit.Stack, StackBytes);
        AddLimit(batch, ResourceLimit.Core, 0);
        AddLimit(batch, ResourceLimit.OpenFiles, Descriptors);
        AddLimit(batch, ResourceLimit.LockedMemory, 0);
        AddLimit(batch, ResourceLimit.MessageQueueBytes, 0);
    }

    private static void AddLimit(CallBatch batch, int resource, ulong value)
    {
        ulong own = OwnHardLimit(resource);
        ulong lowered = Math.Min(value, own);
        ulong pair = batch.Put(new ResourceLimitPair { Soft = lowered, Hard = lowered });
        batch.Require("prlimit64", SystemCall.ProcessLimit, 0, (ulong)resource, pair, 0);
    }

    private static unsafe ulong OwnHardLimit(int resource)
    {
        ResourceLimitPair own;
        LinuxException.Check(Libc.Call(SystemCall.ProcessLimit, 0, resource, 0, (nint)(&own), 0), "prlimit64");
        return own.Hard;
    }
}
