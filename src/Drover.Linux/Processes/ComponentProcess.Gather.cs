using System.Diagnostics;
using Drover.Linux.Memory;
using Drover.Linux.Native;

namespace Drover.Linux.Processes;

internal sealed partial class ComponentProcess
{
    /// <summary>So many times as long as gathering took, nothing is gathered again. It takes about as long as two forks that it saves, and their ends.</summary>
    private const int RestFactor = 2;

    private long _gatherAgain; // a time stamp; used by one caller at a time

    public void PrepareSnapshot(CancellationToken cancel)
    {
        long began = Stopwatch.GetTimestamp();
        if (began < _gatherAgain || !HugePages.AreToBeHad() || !AwaitFill() || !_tracer.Run(MayGather))
            return;
        try
        {
            HugePages.Gather(HostProcessId, _pidfd, cancel);
        }
        catch (Exception failure) when (failure is IOException or LinuxException or UnauthorizedAccessException or ObjectDisposedException)
        {
            // The process has ended, which whoever stops it next will say.
        }

        long now = Stopwatch.GetTimestamp();
        _gatherAgain = now + ((now - began) * RestFactor);
    }

    /// <summary>Not if a snapshot that stays shares its pages: gathering copies them. Nor if writes are noted: all that was not written since is protected.</summary>
    private bool MayGather() => _stage == LifeStage.Running && !_parts.Init.KeepsOn(_parts.Anchor) && !_writes.Outside.IsNoting;
}
