using System.Runtime.InteropServices;
using Drover.Linux.Native;
using Drover.Linux.Seccomp;

namespace Drover.Linux.Probes;

/// <summary>A thread of this process traps one call, another one answers it.</summary>
internal static unsafe class NotificationProbe
{
    /// <summary>No kernel call has this number; it is the first of the private ones.</summary>
    private const int TrappedNumber = 3328;

    private const long Answer = 4711;
    private const uint Allow = 0x7fff0000;
    private const uint Notify = 0x7fc00000;

    public static IReadOnlyList<ProbeResult> Run()
    {
        bool wakesUp = false;
        string wakeUpDetail = "";
        ProbeResult notification = MachineProbes.Try(MachineFeature.UserNotification, () =>
        {
            using var filtered = new FilteredThread();
            using SafeFileDescriptor listener = filtered.Listener();
            wakesUp = Libc.Ioctl(
                listener, SeccompRequest.NotifySetFlags, (void*)SeccompRequest.SyncWakeUp) == 0;
            wakeUpDetail = wakesUp ? "" : LinuxException.Last("ioctl(SECCOMP_IOCTL_NOTIF_SET_FLAGS)").Message;
            Serve(listener);
            long result = filtered.Result();
            return result == Answer ? "" : throw new IOException($"the trapped call gave {result} instead of {Answer}");
        });
        if (!notification.Works)
            wakeUpDetail = "not tried: it needs user notification";
        return [notification, new ProbeResult(MachineFeature.SyncWakeUp, wakesUp && notification.Works, wakeUpDetail)];
    }

    private static void Serve(SafeFileDescriptor listener)
    {
        var notification = default(SeccompNotification);
        while (Libc.Ioctl(listener, SeccompRequest.NotifyReceive, &notification) != 0)
        {
            // Both come of signals to the filtered thread, such as those of the garbage collector.
            if (Marshal.GetLastPInvokeError() is not (Errno.EINTR or Errno.ENOENT))
                throw LinuxException.Last("ioctl(SECCOMP_IOCTL_NOTIF_RECV)");
            notification = default;
        }

        var response = new SeccompResponse { Id = notification.Id, Value = Answer };
        if (Libc.Ioctl(listener, SeccompRequest.NotifySend, &response) != 0)
            throw LinuxException.Last("ioctl(SECCOMP_IOCTL_NOTIF_SEND)");
    }

    /// <summary>A thread that puts itself under a filter, issues the trapped call and ends. The filter is its own.</summary>
    private sealed class FilteredThread : IDisposable
    {
        private readonly TaskCompletionSource<int> _listener = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource<long> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Thread _thread;

        public FilteredThread()
        {
            _thread = new Thread(TrapOneCall) { IsBackground = true, Name = "probe" };
            _thread.Start();
        }

        public SafeFileDescriptor Listener() => new(_listener.Task.GetAwaiter().GetResult());

        public long Result() => _result.Task.GetAwaiter().GetResult();

        public void Dispose() => _thread.Join();

        private void TrapOneCall()
        {
            try
            {
                _listener.SetResult(InstallFilter());
            }
            catch (LinuxException e)
            {
                _listener.SetException(e);
                return;
            }

            // Without a listener, because the other side failed, the call gives ENOSYS.
            _result.SetResult(Libc.Call(TrappedNumber, 0, 0, 0, 0, 0));
        }

        private static int InstallFilter()
        {
            LinuxException.Check(
                Libc.ProcessControl(Prctl.SetNoNewPrivileges, 1, 0, 0, 0), "prctl(PR_SET_NO_NEW_PRIVS)");
            // struct sock_filter {u16 code; u8 jt, jf; u32 k}: load the number, compare, notify or allow.
            ulong* filter = stackalloc ulong[]
            {
                Instruction(0x20, 0, 0, 0),
                Instruction(0x15, 0, 1, TrappedNumber),
                Instruction(0x06, 0, 0, Notify),
                Instruction(0x06, 0, 0, Allow),
            };
            var header = new FilterProgramHeader { Count = 4, Instructions = (ulong)filter };
            return (int)LinuxException.Check(
                Libc.Call(
                    SystemCall.Seccomp, Native.Seccomp.SetModeFilter, Native.Seccomp.FilterFlagNewListener, (nint)(&header), 0, 0),
                "seccomp(SECCOMP_SET_MODE_FILTER)");
        }

        private static ulong Instruction(ushort code, byte ifTrue, byte ifFalse, uint operand) =>
            code | ((ulong)ifTrue << 16) | ((ulong)ifFalse << 24) | ((ulong)operand << 32);
    }
}
