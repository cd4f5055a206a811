using Drover.Linux.Tracing;
using Drover.Platform;

namespace Drover.Linux.Processes;

internal sealed partial class ComponentProcess
{
    public IStoppedProcess Stop(TimeSpan patience) => throw new NotSupportedException();

    private static IEnumerable<Tracee> StoppedThreads() => [];

    private static void DisposeSnapshots()
    {
    }
}
