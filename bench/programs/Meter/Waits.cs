using System.Runtime.InteropServices;

namespace Meter;

/// <summary>What the timeouts of waits cost: calls that find at once what they would wait for.</summary>
internal sealed unsafe partial class Waits
{
    private const short Writable = 4; // POLLOUT
    private const int FutexCall = 202;
    private const int FutexWakePrivate = 129;
    private const int FutexWakeCall = 454;
    private const int Futex2Private32 = 0x82; // FUTEX2_PRIVATE | FUTEX2_SIZE_U32
    private readonly int _ready;

    public Waits()
    {
        int* ends = stackalloc int[2];
        if (Pipe(ends) != 0)
            throw new InvalidOperationException($"pipe: error {Marshal.GetLastPInvokeError()}");
        _ready = ends[1];
    }

    /// <summary>poll(2) of a descriptor that is ready: the kernel's alone.</summary>
    public void PollWithoutTimeout(int calls) => Poll(calls, -1);

    /// <summary>Noted by the node, because it may last.</summary>
    public void PollWithTimeout(int calls) => Poll(calls, 1000);

    private void Poll(int calls, int milliseconds)
    {
        Descriptor asked = new() { Number = _ready, Events = Writable };
        for (int i = 0; i < calls; i++)
        {
            if (Poll(&asked, 1, milliseconds) != 1)
                throw new InvalidOperationException($"poll: error {Marshal.GetLastPInvokeError()}");
        }
    }

    /// <summary>futex(2), whose arguments the filter looks at.</summary>
    public static void WakeNobody(int calls)
    {
        int word = 0;
        for (int i = 0; i < calls; i++)
            Check(Call(FutexCall, (nint)(&word), FutexWakePrivate, 1, 0));
    }

    /// <summary>futex_wake(2) does the same, and the filter lets it through by its number.</summary>
    public static void WakeNobodyUnfiltered(int calls)
    {
        int word = 0;
        for (int i = 0; i < calls; i++)
            Check(Call(FutexWakeCall, (nint)(&word), 1, 1, Futex2Private32));
    }

    private static void Check(nint woken)
    {
        if (woken != 0)
            throw new InvalidOperationException($"futex: {woken}, error {Marshal.GetLastPInvokeError()}");
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint Call(nint number, nint first, nint second, nint third, nint fourth);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(Descriptor* descriptors, ulong count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "pipe", SetLastError = true)]
    private static partial int Pipe(int* ends);

    /// <summary>struct pollfd</summary>
    private struct Descriptor
    {
        public int Number;
        public short Events;
        public short Returned;
    }
}
