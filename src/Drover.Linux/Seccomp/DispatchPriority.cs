using Drover.Linux.Native;

namespace Drover.Linux.Seccomp;

/// <summary>
/// How the scheduler is to weigh a thread that answers the trapped calls of a component which talks to others. Where caller, server
/// and node share a processor, an answer wakes a thread of a component, which runs at once if it has the better claim. It makes its
/// next call, and if the node's threads are all ready to run by then, none of them has to be put to sleep and woken for it. So
/// they are nicer than the components that they serve: then the one that is woken has the better claim nearly
/// always. A call from one component to another takes 12 instead of 16 us for it, a trapped call that the node answers by itself 0.2 us
/// more; so a component that makes only such calls is served as before. A component that computes without end leaves such a
/// thread a quarter of a processor at least.
/// </summary>
internal static class DispatchPriority
{
    private const int OfProcess = 0; // PRIO_PROCESS, which on Linux names a thread: 0 is the calling one
    private const int Nicer = 5;
    private const int Nicest = 19;

    /// <summary>Applies to the calling thread, for good. A failure is of no consequence: calls take longer then.</summary>
    /// <param name="servedPid">The process that it serves.</param>
    public static void Take(int servedPid) =>
        _ = Libc.SetPriority(OfProcess, 0, Math.Min(Libc.GetPriority(OfProcess, servedPid) + Nicer, Nicest));
}
