using Drover.Linux.Userfault;
using Drover.Platform;

namespace Drover.Linux.Processes;

internal sealed partial class ComponentProcess
{
    /// <summary>A component that changes its mappings all the time can hold up the filling of its memory while it runs.</summary>
    private static readonly TimeSpan FillPatience = TimeSpan.FromSeconds(1);

    /// <summary>Waits until no page is missing any more; as long as pages come, however long. Nobody may take a missing page for one of
    /// zeros, so whoever is to look at all memory comes here first. False if no more pages come.</summary>
    private bool AwaitFill()
    {
        if (_parts.Fill is not { } fill)
            return true;
        ulong before = fill.MissingBytes;
        while (!fill.Over.Wait(FillPatience))
        {
            ulong now = fill.MissingBytes;
            if (now >= before)
                return false;
            before = now;
        }

        return true;
    }

    /// <summary>The same while all threads stand still, so that none can hinder it.</summary>
    private bool FillStopped(TimeSpan patience) => _parts.Fill is not { } fill || fill.Over.Wait(patience);

    private TimeoutException StillFilling() =>
        new($"The memory of the process is still coming from its image; {_parts.Fill?.MissingBytes ?? 0} bytes are missing.");

    /// <summary>How the process ended, and why, if it was for a page that could not be had.</summary>
    private ProcessExit Explain(ProcessExit exit) =>
        exit.Signal == Native.Signals.Kill ? exit with { Trouble = _parts.Fill?.Failure?.Message } : exit;
}
