using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Tally;

/// <summary>Sends signals to all threads of this process, one after another and without end, so that calls are
/// interrupted wherever they are.</summary>
internal static partial class Hail
{
    /// <summary>SIGUSR2: handled, so that it interrupts, and used by nobody else.</summary>
    private const int Signal = 12;

    private static PosixSignalRegistration? s_handled;

    public static void Begin()
    {
        s_handled = PosixSignalRegistration.Create((PosixSignal)Signal, context => context.Cancel = true);
        new Thread(Fall) { IsBackground = true, Name = "hail" }.Start();
    }

    private static void Fall()
    {
        int process = Environment.ProcessId;
        while (true)
        {
            foreach (int thread in Threads())
                _ = SendToThread(process, thread, Signal);
            Thread.Yield();
        }
    }

    private static int[] Threads()
    {
        using Process self = Process.GetCurrentProcess();
        try
        {
            return [.. self.Threads.Cast<ProcessThread>().Select(thread => thread.Id)];
        }
        catch (InvalidOperationException)
        {
            return [];
        }
    }

    [LibraryImport("libc", EntryPoint = "tgkill")]
    private static partial int SendToThread(int process, int thread, int signal);
}
