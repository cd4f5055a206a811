using System.Runtime.InteropServices;

namespace Clockwork;

/// <summary>System calls with a timeout, as programs in other languages make them.</summary>
internal static unsafe partial class NativeWaits
{
    private const int FutexCall = 202;
    private const int EpollPwait2Call = 441;
    private const int FutexWaitPrivate = 128;
    private const int PollIn = 1;
    private const int UserSignal2 = 12;

    public static void Poll(TimeSpan time)
    {
        PollDescriptor pipe = new() { Descriptor = EmptyPipe(), Events = PollIn };
        Check(poll(&pipe, 1, (int)time.TotalMilliseconds), 0);
    }

    public static void PollPrecisely(TimeSpan time)
    {
        PollDescriptor pipe = new() { Descriptor = EmptyPipe(), Events = PollIn };
        TimeSpecification timeout = TimeSpecification.Of(time);
        Check(ppoll(&pipe, 1, &timeout, null), 0);
    }

    public static void Select(TimeSpan time)
    {
        // struct timeval; the kernel changes it to what is left when the call is interrupted.
        TimeSpecification timeout = new(time.Ticks / TimeSpan.TicksPerSecond, time.Ticks % TimeSpan.TicksPerSecond / TimeSpan.TicksPerMicrosecond);
        Check(select(0, null, null, null, &timeout), 0);
    }

    public static void WaitForEvents(TimeSpan time)
    {
        long events;
        Check(epoll_wait(epoll_create1(0), &events, 1, (int)time.TotalMilliseconds), 0);
    }

    public static void WaitForEventsPrecisely(TimeSpan time)
    {
        long events;
        TimeSpecification timeout = TimeSpecification.Of(time);
        Check(syscall(EpollPwait2Call, epoll_create1(0), (nint)(&events), 1, (nint)(&timeout), 0, 0), 0);
    }

    public static void WaitOnWord(TimeSpan time)
    {
        int word = 7;
        TimeSpecification timeout = TimeSpecification.Of(time);
        Check(syscall(FutexCall, (nint)(&word), FutexWaitPrivate, word, (nint)(&timeout), 0, 0), 110); // ETIMEDOUT
    }

    public static void WaitForSignal(TimeSpan time)
    {
        ulong* set = stackalloc ulong[16];
        new Span<ulong>(set, 16).Clear();
        set[0] = 1UL << (UserSignal2 - 1);
        TimeSpecification timeout = TimeSpecification.Of(time);
        Check(sigtimedwait(set, null, &timeout), 11); // EAGAIN
    }

    public static void Sleep(TimeSpan time)
    {
        TimeSpecification request = TimeSpecification.Of(time);
        TimeSpecification remaining;
        Check(nanosleep(&request, &remaining), 0);
    }

    /// <summary>usleep(3) sleeps by nanosleep(2) and does not ask what is left.</summary>
    public static void SleepMicroseconds(TimeSpan time)
    {
        TimeSpecification request = TimeSpecification.Of(time);
        Check(nanosleep(&request, null), 0);
    }

    private static int EmptyPipe()
    {
        int* ends = stackalloc int[2];
        Check(pipe(ends), 0);
        return ends[0];
    }

    private static void Check(nint result, int errno)
    {
        int found = result == 0 ? 0 : Marshal.GetLastPInvokeError();
        if (found != errno)
            Environment.FailFast($"a wait gave {result} and errno {found} instead of {errno}");
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int poll(PollDescriptor* descriptors, ulong count, int milliseconds);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ppoll(PollDescriptor* descriptors, ulong count, TimeSpecification* timeout, ulong* mask);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int select(int count, void* read, void* write, void* except, TimeSpecification* timeout);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_create1(int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_wait(int instance, void* events, int count, int milliseconds);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint syscall(nint number, nint a, nint b, nint c, nint d, nint e, nint f);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int sigtimedwait(ulong* set, void* information, TimeSpecification* timeout);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int nanosleep(TimeSpecification* request, TimeSpecification* remaining);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int pipe(int* ends);

    /// <summary>struct pollfd</summary>
    private struct PollDescriptor
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }
}
