using System.Diagnostics;
using Drover.Linux.Native;
using Drover.Linux.Processes;
using Drover.Linux.Tracing;

namespace Drover.Linux.Waits;

/// <summary>Stops one thread for a moment to end the call that it waits in. Used on the tracer thread only.</summary>
internal static class WaitCut
{
    /// <summary>The thread sleeps, so that it stops at once; one that does not is let go.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(20);

    /// <summary>Gives the thread if it did not stop in time and has to be let go later, else null.</summary>
    /// <param name="threadId">On this node; not traced.</param>
    /// <param name="waits">Knows whether it is still in that wait.</param>
    /// <param name="noted">The wait to end.</param>
    /// <param name="done">False if the thread was just about to begin with the call: to be tried again.</param>
    public static Tracee? Run(int threadId, TimedWaits waits, NotedWait noted, out bool done)
    {
        done = true;
        if (!Tracee.TrySeize(threadId, Ptrace.OptionKillOnExit))
            return null;
        Tracee thread = new(threadId);
        try
        {
            thread.Interrupt();
            if (!StopsInTime(thread))
            {
                done = false;
                return thread;
            }

            done = TryEnd(thread, waits, noted);
            if (!thread.TryDetach())
                ProcessEnd.Reap(threadId);
        }
        catch (ProcessEndedException)
        {
            // Nothing waits any more.
        }

        return null;
    }

    private static bool StopsInTime(Tracee thread)
    {
        long started = Stopwatch.GetTimestamp();
        while (true)
        {
            if (Ptrace.TryWait(thread.ThreadId, out WaitStatus status))
            {
                if (!status.IsStopped)
                    throw new ProcessEndedException(thread.ThreadId);
                if (status.Event == Ptrace.EventStop)
                    return true;
                // A signal on its way to the thread: let it arrive, and stop behind it.
                thread.Interrupt();
                thread.Continue(status.Event == 0 ? status.StopSignal : 0);
            }

            if (Stopwatch.GetElapsedTime(started) > s_patience)
                return false;
            _ = Libc.NanoSleep(new TimeSpecification { Nanoseconds = 15_000 }, 0);
        }
    }

    private static bool TryEnd(Tracee tracee, TimedWaits waits, NotedWait noted)
    {
        StoppedThread thread = new(tracee);
        waits.NoteStop(thread);
        bool isBlocked = thread.WasCutShort || CallTurn.IsRestartBlock(thread.Registers);
        bool isThisWait = ReferenceEquals(waits.Find(tracee.ThreadId, thread.Registers), noted);
        if (!isBlocked || !isThisWait)
        {
            thread.PutBack();
            // Interrupted before the kernel began with it, it comes again and is noted anew.
            return !isThisWait || noted.IsIssuedAgain || !waits.IsCurrent(tracee.ThreadId, noted);
        }

        UserRegisters registers = thread.Registers;
        registers.Rax = unchecked((ulong)noted.Wait.ResultAtTimeout);
        registers.OriginalRax = ulong.MaxValue; // so that the kernel does not restart it
        tracee.SetRegisters(registers);
        waits.Forget(tracee.ThreadId);
        return true;
    }
}
