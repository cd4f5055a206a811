using System.Runtime.InteropServices;
using Drover.Linux.Native;
using Drover.Linux.Tracing;

namespace Drover.Linux.Processes;

/// <summary>Ends processes of this node's own.</summary>
internal static class ProcessEnd
{
    /// <summary>Kills a child or traced process and waits until it is gone.</summary>
    public static void KillAndReap(int processId)
    {
        Kill(processId);
        Reap(processId);
    }

    /// <summary>Waits until a process or thread that was killed is gone.</summary>
    public static void Reap(int processId)
    {
        try
        {
            while (true)
            {
                WaitStatus status = Ptrace.Wait(processId);
                if (!status.IsStopped)
                    return;
            }
        }
        catch (ProcessEndedException)
        {
            // Somebody else was faster.
        }
    }

    public static void Kill(int processId)
    {
        if (Libc.Kill(processId, Signals.Kill) == -1 && Marshal.GetLastPInvokeError() != Errno.ESRCH)
            throw LinuxException.Last("kill");
    }
}
