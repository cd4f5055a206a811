using System.Runtime.InteropServices;

namespace Meter;

/// <summary>poll(2) of a descriptor that is ready, so that nothing is waited for.</summary>
internal sealed unsafe partial class Waits
{
    private const short Writable = 4; // POLLOUT
    private readonly int _ready;

    public Waits()
    {
        int* ends = stackalloc int[2];
        if (Pipe(ends) != 0)
            throw new InvalidOperationException($"pipe: error {Marshal.GetLastPInvokeError()}");
        _ready = ends[1];
    }

    /// <summary>The kernel's alone.</summary>
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
