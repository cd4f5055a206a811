namespace Clockwork;

/// <summary>Waits with a timeout, in all ways that there are, each on a thread of its own; nothing that they wait for comes.</summary>
internal static class Waits
{
    private static readonly Dictionary<string, Action<TimeSpan>> s_kinds = new()
    {
        ["Thread.Sleep"] = Thread.Sleep,
        ["Task.Delay"] = time => Task.Delay(time).Wait(),
        ["Monitor.Wait"] = WaitOnMonitor,
        ["Thread.Join"] = time => Forever().Join(time),
        ["SemaphoreSlim"] = time => new SemaphoreSlim(0).Wait(time),
        ["SemaphoreSlim.WaitAsync"] = time => new SemaphoreSlim(0).WaitAsync(time).Wait(),
        ["ManualResetEventSlim"] = time => new ManualResetEventSlim().Wait(time),
        ["AutoResetEvent"] = time => new AutoResetEvent(false).WaitOne(time),
        ["WaitHandle.WaitAny"] = time => WaitHandle.WaitAny([new ManualResetEvent(false), new AutoResetEvent(false)], time),
        ["Timer"] = WaitForTimer,
        ["PeriodicTimer"] = time => new PeriodicTimer(time).WaitForNextTickAsync().AsTask().Wait(),
        ["CancellationTokenSource"] = time => new CancellationTokenSource(time).Token.WaitHandle.WaitOne(),
        ["poll"] = NativeWaits.Poll,
        ["ppoll"] = NativeWaits.PollPrecisely,
        ["select"] = NativeWaits.Select,
        ["epoll_wait"] = NativeWaits.WaitForEvents,
        ["epoll_pwait2"] = NativeWaits.WaitForEventsPrecisely,
        ["futex"] = NativeWaits.WaitOnWord,
        ["sigtimedwait"] = NativeWaits.WaitForSignal,
        ["nanosleep"] = NativeWaits.Sleep,
        ["usleep"] = NativeWaits.SleepMicroseconds,
    };

    public static int RunAll(TimeSpan each, string[] kinds)
    {
        if (kinds.Length == 0)
            kinds = [.. s_kinds.Keys];
        using CountdownEvent begun = new(kinds.Length);
        Thread[] threads = [.. kinds.Select(kind => new Thread(() => Measure(kind, each, begun)) { Name = kind })];
        foreach (Thread thread in threads)
            thread.Start();
        begun.Wait();
        Console.WriteLine("waiting");
        foreach (Thread thread in threads)
            thread.Join();
        return 0;
    }

    private static void Measure(string kind, TimeSpan asked, CountdownEvent begun)
    {
        begun.Signal();
        long start = Clock.Monotonic();
        s_kinds[kind](asked);
        long took = Clock.Monotonic() - start;
        Console.WriteLine($"{kind} took {Clock.Microseconds(took)}");
    }

    private static void WaitOnMonitor(TimeSpan time)
    {
        object locked = new();
        lock (locked)
            Monitor.Wait(locked, time);
    }

    private static void WaitForTimer(TimeSpan time)
    {
        using ManualResetEventSlim expired = new();
        using Timer timer = new(_ => expired.Set(), null, time, Timeout.InfiniteTimeSpan);
        expired.Wait();
    }

    private static Thread Forever()
    {
        Thread thread = new(() => Thread.Sleep(Timeout.Infinite)) { IsBackground = true };
        thread.Start();
        return thread;
    }
}
