using Drover.Linux.Tracing;
using Drover.Linux.Waits;

namespace Drover.Linux.Processes;

internal sealed partial class ComponentProcess
{
    private const long SoonNanoseconds = 1_000_000;

    private readonly TimedWaits _waits;

    private void CutWait(int threadId, NotedWait noted) => _tracer.TryRun(() =>
    {
        if (HasEnded || !_waits.IsCurrent(threadId, noted))
            return;
        if (_stage == LifeStage.Running && _lingering.TrueForAll(thread => thread.ThreadId != threadId))
        {
            Tracee? lingering = WaitCut.Run(threadId, _waits, noted, out bool done);
            if (lingering is not null)
            {
                _lingering.Add(lingering);
                LetGoLater();
            }

            if (done)
                return;
        }

        _waits.CutLater(threadId, noted, SoonNanoseconds);
    });
}
