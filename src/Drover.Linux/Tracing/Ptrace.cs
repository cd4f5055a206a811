using System.Runtime.InteropServices;
using Drover.Linux.Native;

namespace Drover.Linux.Tracing;

/// <summary>Requests of ptrace(2). All of them must come from the thread that attached: <see cref="TracerThread"/>.</summary>
internal static unsafe class Ptrace
{
    public const int OptionFork = 0x2;
    public const int OptionClone = 0x8;
    public const int OptionExecute = 0x10;
    public const int OptionKillOnExit = 0x100000;

    public const int EventFork = 1;
    public const int EventClone = 3;
    public const int EventExecute = 4;
    public const int EventStop = 128;

    public const int Continue = 7;
    public const int Detach = 17;
    public const int GetRegisters = 12;
    public const int SetRegisters = 13;
    public const int SetOptions = 0x4200;
    public const int GetEventMessage = 0x4201;
    public const int GetRegisterSet = 0x4204;
    public const int SetRegisterSet = 0x4205;
    public const int Seize = 0x4206;
    public const int Interrupt = 0x4207;
    public const int PeekSignalInformation = 0x4209;
    public const int GetSignalMask = 0x420a;
    public const int SetSignalMask = 0x420b;
    public const int GetRseqConfiguration = 0x420f;

    public const int ExtendedStateSet = 0x202;
    public const int SignalInformationBytes = 128;

    private const int WaitAll = 0x40000000;
    private const int WaitNoHang = 1;

    /// <summary>A request whose failure other than the thread's end is a bug or a refusal.</summary>
    public static nint Request(int request, int threadId, nint address, void* data, string name)
    {
        nint result = Libc.Trace(request, threadId, address, (nint)data);
        if (result != -1)
            return result;
        LinuxException failure = LinuxException.Last("ptrace", name);
        throw failure.Errno == Errno.ESRCH ? new ProcessEndedException(threadId) : failure;
    }

    /// <summary>Waits for a traced thread to stop or end.</summary>
    public static WaitStatus Wait(int threadId)
    {
        while (true)
        {
            if (Libc.WaitForChild(threadId, out int status, WaitAll) == threadId)
                return new WaitStatus(status);
            ThrowUnlessInterrupted(threadId);
        }
    }

    /// <summary>The same without waiting; false if there is nothing to report.</summary>
    public static bool TryWait(int threadId, out WaitStatus status)
    {
        while (true)
        {
            int result = Libc.WaitForChild(threadId, out int raw, WaitAll | WaitNoHang);
            status = new WaitStatus(raw);
            if (result != -1)
                return result == threadId;
            ThrowUnlessInterrupted(threadId);
        }
    }

    private static void ThrowUnlessInterrupted(int threadId)
    {
        int errno = Marshal.GetLastPInvokeError();
        if (errno == Errno.ECHILD)
            throw new ProcessEndedException(threadId);
        if (errno != Errno.EINTR)
            throw new LinuxException("waitpid", errno);
    }
}
