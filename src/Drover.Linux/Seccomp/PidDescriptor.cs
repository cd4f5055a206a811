using System.Runtime.InteropServices;
using Drover.Linux.Native;

namespace Drover.Linux.Seccomp;

/// <summary>Process descriptors (pidfd_open(2)): they stay with their process when its id is given again.</summary>
internal static partial class PidDescriptor
{
    /// <summary>PIDFD_THREAD (since Linux 6.9): the descriptor names one thread.</summary>
    private const uint ThreadFlag = 0x80;

    public static SafeFileDescriptor Open(int hostPid)
    {
        long descriptor = PidOpen(CallNumber.pidfd_open, hostPid, 0);
        if (descriptor < 0)
            throw LinuxException.Last("pidfd_open", $"process {hostPid}");
        return new SafeFileDescriptor((int)descriptor);
    }

    /// <summary>Opens a thread's descriptor; null if there is no such thread.</summary>
    public static SafeFileDescriptor? TryOpenThread(int hostThreadId)
    {
        long descriptor = PidOpen(CallNumber.pidfd_open, hostThreadId, ThreadFlag);
        return descriptor < 0 ? null : new SafeFileDescriptor((int)descriptor);
    }

    /// <summary>Takes a copy of a descriptor of the process, sharing its offset; null if there is none of that number.</summary>
    public static SafeFileDescriptor? TryGet(SafeHandle process, int number)
    {
        long descriptor = PidGet(CallNumber.pidfd_getfd, process, number, 0);
        return descriptor < 0 ? null : new SafeFileDescriptor((int)descriptor);
    }

    /// <summary>Sends a signal; does nothing if the process has gone.</summary>
    public static void Signal(SafeHandle process, int signal) =>
        _ = PidSignal(CallNumber.pidfd_send_signal, process, signal, 0, 0);

    /// <summary>Waits until the process has ended. It may still have to be waited for.</summary>
    public static unsafe void WaitForEnd(SafeFileDescriptor process)
    {
        PollDescriptor poll = new() { Descriptor = process.Number, Events = 1 };
        while (Libc.Poll(&poll, 1, -1) == -1)
        {
            int errno = Marshal.GetLastPInvokeError();
            if (errno != Errno.EINTR)
                throw new LinuxException("poll", errno, "pidfd");
        }
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long PidOpen(long number, int pid, uint flags);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long PidGet(long number, SafeHandle process, int descriptor, uint flags);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long PidSignal(long number, SafeHandle process, int signal, nint info, uint flags);
}
