using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.Intrinsics;

namespace Lively;

/// <summary>A program that uses all that a runtime does behind one's back, checks itself, and says "alive N" as long as
/// every check holds.</summary>
internal static class Life
{
    private const int WorkerCount = 6;
    private const int ObjectCount = 20_000;

    private static readonly Lock Gate = new();
    private static readonly ConcurrentQueue<string> Faults = new();
    private static readonly long[] Progress = new long[WorkerCount];
    private static readonly Dictionary<int, byte[]> Heap = []; // guarded by Gate
    private static long _timerTicks;
    private static long _taskRounds;
    private static long _lastTimestamp;

    [ThreadStatic]
    private static long _threadRounds;

    public static int Run()
    {
        for (int key = 0; key < ObjectCount; key++)
            Heap[key] = Pattern(key);
        for (int index = 0; index < WorkerCount; index++)
        {
            int worker = index;
            new Thread(() => Work(worker)) { IsBackground = true, Name = $"worker {worker}" }.Start();
        }
        using Timer timer = new(_ => Interlocked.Increment(ref _timerTicks), null, 5, 5);
        _ = Task.Run(TaskChain);
        Console.WriteLine("ready");
        for (long round = 1; Faults.IsEmpty; round++)
            Beat(round);
        Console.WriteLine("fault " + string.Join("; ", Faults));
        return 1;
    }

    /// <summary>Waits until every part has gone on, then says so.</summary>
    private static void Beat(long round)
    {
        long[] before = [.. Progress];
        long timer = Volatile.Read(ref _timerTicks);
        long task = Volatile.Read(ref _taskRounds);
        while (Faults.IsEmpty)
        {
            Thread.Sleep(2);
            bool workers = !Progress.Where((value, index) => value == before[index]).Any();
            if (workers && Volatile.Read(ref _timerTicks) > timer && Volatile.Read(ref _taskRounds) > task)
                break;
        }
        long now = Stopwatch.GetTimestamp();
        Check(now >= _lastTimestamp, "the monotonic clock went back");
        Check(now - _lastTimestamp < 60 * Stopwatch.Frequency || _lastTimestamp == 0, "the monotonic clock jumped");
        _lastTimestamp = now;
        Console.WriteLine($"alive {round}");
    }

    private static void Work(int worker)
    {
        Random random = new(worker);
        Vector256<double> vector = Vector256.Create((double)worker);
        double expected = worker;
        while (true)
        {
            int key = random.Next(ObjectCount);
            lock (Gate)
            {
                Check(Heap[key].AsSpan().SequenceEqual(Pattern(key)), $"object {key} changed");
                Heap[key] = Pattern(key);
            }
            // Lives in vector registers while this thread is stopped.
            for (int i = 0; i < 1000; i++)
            {
                vector += Vector256<double>.One;
                expected++;
            }
            Check(vector == Vector256.Create(expected), "a vector register changed");
            _threadRounds++;
            Progress[worker]++;
            Check(_threadRounds == Progress[worker], "a thread-local changed");
            if (_threadRounds % 500 == 0)
                GC.Collect(worker % 3);
            Thread.Sleep(worker % 2);
        }
    }

    private static async Task TaskChain()
    {
        while (true)
        {
            int[] squares = await Task.WhenAll(Enumerable.Range(0, 20).Select(async number =>
            {
                await Task.Yield();
                return number * number;
            }));
            Check(squares.Sum() == 2470, "tasks computed wrongly");
            _taskRounds++;
            await Task.Delay(1);
        }
    }

    private static byte[] Pattern(int key)
    {
        byte[] pattern = new byte[64 + (key % 400)];
        for (int i = 0; i < pattern.Length; i++)
            pattern[i] = (byte)(key * 31 + i);
        return pattern;
    }

    private static void Check(bool holds, string fault)
    {
        if (!holds)
            Faults.Enqueue(fault);
    }
}
