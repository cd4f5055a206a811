using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Lively;

/// <summary>Does what the test asks for by words of a shared page: order number, order, argument; then the number of
/// the order that is done, and its result. Further words hold what background threads found out.</summary>
internal static unsafe partial class Servant
{
    private const ulong PageAddress = 0x1000_0000_0000;
    private const int FirstNote = 16;

    private static readonly long* Page = (long*)PageAddress;
    private static readonly int* Ends = (int*)NativeMemory.AllocZeroed(2, sizeof(int));
    private static int _counter;
    private static int _epoll;

    public static int Run()
    {
        for (long done = 0; ;)
        {
            while (Volatile.Read(ref Page[0]) == done)
                Thread.Sleep(1);
            done = Page[0];
            Page[4] = Do(Page[1], Page[2]);
            Volatile.Write(ref Page[3], done);
        }
    }

    private static long Do(long order, long argument) => order switch
    {
        1 => Descend((int)argument),
        2 => MakePipe((int)argument),
        3 => ReadPipe((int)argument),
        4 => StartWaits((int)argument),
        5 => Nanoseconds(),
        6 => MakeEvents(),
        7 => WaitForEvent(),
        8 => MoveBreak((nint)argument),
        9 => HoldSignal(),
        10 => TakeSignal(),
        11 => getpid(),
        12 => Arena.Small.Stir((int)argument, 60),
        13 => Arena.Small.Fill((int)argument),
        14 => Arena.Small.Touch((int)argument),
        15 => ReadOnThread((nint)argument),
        16 => Look((byte*)argument),
        17 => Store((byte*)argument),
        18 => TakeDescriptors(),
        19 => TakeMappings(),
        20 => Arena.Small.TouchEven((int)argument),
        21 => SharedArena.Stir((int)argument, 60),
        22 => Arena.Huge.Stir((int)argument, 60),
        23 => FilePages.Map(),
        24 => FilePages.Drop((int)argument),
        26 => SharedArena.TakeTurns((int)argument),
        _ => -1,
    };

    /// <summary>Uses so many KiB of the main thread's stack.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long Descend(int kibibytes)
    {
        byte* room = stackalloc byte[1024];
        new Span<byte>(room, 1024).Fill((byte)kibibytes);
        long below = kibibytes > 1 ? Descend(kibibytes - 1) : 0;
        return below + (room[1023] == (byte)kibibytes ? 1 : 0);
    }

    private static long MakePipe(int bytes)
    {
        if (pipe2(Ends, 0) != 0)
            return -1;
        byte[] content = Pattern(bytes);
        fixed (byte* start = content)
            return write(Ends[1], start, (nuint)content.Length);
    }

    private static long ReadPipe(int bytes)
    {
        byte[] content = new byte[bytes];
        fixed (byte* start = content)
        {
            if (read(Ends[0], start, (nuint)bytes) != bytes)
                return -1;
            if (!content.AsSpan().SequenceEqual(Pattern(bytes)))
                return -2;
            // And it is still one pipe, not two.
            start[0] = 77;
            return write(Ends[1], start, 1) == 1 && read(Ends[0], start + 1, 1) == 1 ? start[1] : -3;
        }
    }

    /// <summary>Starts threads that wait for so many milliseconds in different ways and note how long it took.</summary>
    private static long StartWaits(int milliseconds)
    {
        Action[] waits =
        [
            () => { TimeSpec time = TimeSpec.Of(milliseconds), rest; while (nanosleep(&time, &rest) != 0) time = rest; },
            () => { TimeSpec time = TimeSpec.Of(milliseconds); _ = ppoll(null, 0, &time, null); },
            () => { TimeValue time = new(milliseconds); _ = select(0, null, null, null, &time); },
            () => Thread.Sleep(milliseconds),
            () => { _ = poll(null, 0, milliseconds); },
            () => { using ManualResetEventSlim never = new(); never.Wait(milliseconds); },
            () => { TimeSpec time = TimeSpec.Of(milliseconds); while (clock_nanosleep(1, 0, &time, &time) != 0) { } },
            () => { byte* buffer = stackalloc byte[16]; _ = epoll_wait(epoll_create1(0), buffer, 1, milliseconds); },
        ];
        for (int i = 0; i < waits.Length; i++)
        {
            int index = i;
            Page[FirstNote + i] = 0;
            new Thread(() =>
            {
                long started = Nanoseconds();
                waits[index]();
                Volatile.Write(ref Page[FirstNote + index], Nanoseconds() - started);
            })
            { IsBackground = true }.Start();
        }
        return waits.Length;
    }

    private static long Nanoseconds() =>
        (long)((Int128)Stopwatch.GetTimestamp() * 1_000_000_000 / Stopwatch.Frequency);

    private static long MakeEvents()
    {
        _counter = eventfd(0, 0);
        _epoll = epoll_create1(0);
        long one = 1;
        EpollEvent change = new() { Events = 1, Data = 4711 };
        return epoll_ctl(_epoll, 1, _counter, &change) == 0 ? write(_counter, (byte*)&one, 8) : -1;
    }

    private static long WaitForEvent()
    {
        EpollEvent change = default;
        long count = 0;
        if (epoll_wait(_epoll, (byte*)&change, 1, 1000) != 1 || read(_counter, (byte*)&count, 8) != 8)
            return -1;
        return count == 1 && epoll_wait(_epoll, (byte*)&change, 1, 0) == 0 ? change.Data : -2;
    }

    private static long MoveBreak(nint bytes)
    {
        byte* old = (byte*)sbrk(bytes);
        if ((nint)old == -1)
            return -1;
        for (nint i = 0; i < bytes; i++)
        {
            if (old[i] != 0)
                return -2;
            old[i] = 1;
        }
        return 0;
    }

    /// <summary>Blocks SIGUSR2 in this thread and sends it one.</summary>
    private static long HoldSignal()
    {
        ulong* set = stackalloc ulong[16];
        *set = 1UL << 11;
        return pthread_sigmask(0, set, null) == 0 ? pthread_kill(pthread_self(), 12) : -1;
    }

    private static long TakeSignal()
    {
        ulong* set = stackalloc ulong[16];
        *set = 1UL << 11;
        TimeSpec atOnce = default;
        return sigtimedwait(set, null, &atOnce);
    }

    /// <summary>Starts a thread that reads a byte, which may make it wait, and notes 1000 more than it found.</summary>
    private static long ReadOnThread(nint address)
    {
        Page[FirstNote] = 0;
        new Thread(() =>
        {
            byte found;
            memcpy(&found, (void*)address, 1);
            Volatile.Write(ref Page[FirstNote], 1000 + found);
        })
        { IsBackground = true }.Start();
        return 0;
    }

    /// <summary>The byte there, or -1 if there is no access.</summary>
    private static long Look(byte* address)
    {
        byte found;
        if (Ends[0] == 0 && pipe2(Ends, 0) != 0)
            return -2;
        return write(Ends[1], address, 1) == 1 && read(Ends[0], &found, 1) == 1 ? found : -1;
    }

    /// <summary>Writes 99 there; -1 if that is not allowed.</summary>
    private static long Store(byte* address)
    {
        byte value = 99;
        if (Ends[0] == 0 && pipe2(Ends, 0) != 0)
            return -2;
        _ = write(Ends[1], &value, 1);
        return read(Ends[0], address, 1) == 1 || read(Ends[0], &value, 1) != 1 ? 0 : -1;
    }

    /// <summary>Leaves no descriptor free.</summary>
    private static long TakeDescriptors()
    {
        long taken = 0;
        while (eventfd(0, 0) >= 0)
            taken++;
        return taken;
    }

    /// <summary>Leaves no mapping free: every other page has other rights.</summary>
    private static long TakeMappings()
    {
        const nuint Pages = 140_000;
        const int Anonymous = 0x4022; // MAP_PRIVATE, MAP_ANONYMOUS, MAP_NORESERVE
        byte* start = (byte*)mmap(null, Pages * 4096, 0, Anonymous, -1, 0);
        long taken = 0;
        for (nuint page = 0; page < Pages && mmap(start + (page * 4096), 4096, 1, Anonymous | 0x10, -1, 0) != (void*)-1; page += 2)
            taken++;
        return taken;
    }

    private static byte[] Pattern(int bytes) => [.. Enumerable.Range(0, bytes).Select(i => (byte)(i * 7))];

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;

        public static TimeSpec Of(int milliseconds) =>
            new() { Seconds = milliseconds / 1000, Nanoseconds = milliseconds % 1000 * 1_000_000L };
    }

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct TimeValue(int milliseconds)
    {
        private readonly long _seconds = milliseconds / 1000;
        private readonly long _microseconds = milliseconds % 1000 * 1000L;
    }

    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    private struct EpollEvent
    {
        public uint Events;
        public long Data;
    }

    [LibraryImport("libc")]
    private static partial int pipe2(int* ends, int flags);

    [LibraryImport("libc")]
    private static partial nint read(int descriptor, byte* buffer, nuint bytes);

    [LibraryImport("libc")]
    private static partial nint write(int descriptor, byte* buffer, nuint bytes);

    [LibraryImport("libc")]
    private static partial int nanosleep(TimeSpec* time, TimeSpec* rest);

    [LibraryImport("libc")]
    private static partial int clock_nanosleep(int clock, int flags, TimeSpec* time, TimeSpec* rest);

    [LibraryImport("libc")]
    private static partial int ppoll(void* descriptors, nuint count, TimeSpec* time, void* mask);

    [LibraryImport("libc")]
    private static partial int poll(void* descriptors, nuint count, int milliseconds);

    [LibraryImport("libc")]
    private static partial int select(int count, void* a, void* b, void* c, TimeValue* time);

    [LibraryImport("libc")]
    private static partial int eventfd(uint initial, int flags);

    [LibraryImport("libc")]
    private static partial int epoll_create1(int flags);

    [LibraryImport("libc")]
    private static partial int epoll_ctl(int epoll, int operation, int descriptor, EpollEvent* change);

    [LibraryImport("libc")]
    private static partial int epoll_wait(int epoll, byte* events, int count, int milliseconds);

    [LibraryImport("libc")]
    private static partial void* mmap(void* address, nuint length, int protection, int flags, int descriptor, nint offset);

    [LibraryImport("libc")]
    private static partial void* memcpy(void* destination, void* source, nuint bytes);

    [LibraryImport("libc")]
    private static partial nint sbrk(nint bytes);

    [LibraryImport("libc")]
    private static partial int pthread_sigmask(int how, ulong* set, ulong* old);

    [LibraryImport("libc")]
    private static partial int pthread_kill(nint thread, int signal);

    [LibraryImport("libc")]
    private static partial nint pthread_self();

    [LibraryImport("libc")]
    private static partial int sigtimedwait(ulong* set, void* information, TimeSpec* time);

    [LibraryImport("libc")]
    private static partial int getpid();
}
