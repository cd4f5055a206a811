using System.Diagnostics;

namespace Intruder;

/// <summary>What a component may do.</summary>
internal static class Work
{
    public static int Do()
    {
        List<byte[]> garbage = [];
        for (int i = 0; i < 1000; i++)
            garbage.Add(new byte[10_000]);
        garbage.Clear();
        GC.Collect();
        int sum = 0;
        Task[] tasks = [.. Enumerable.Range(1, 20).Select(n => Task.Run(async () =>
        {
            await Task.Delay(1);
            Interlocked.Add(ref sum, n);
        }))];
        Task.WaitAll(tasks);
        Console.WriteLine($"sum {sum}");
        using (ManualResetEventSlim fired = new())
        using (Timer timer = new(_ => fired.Set(), null, 1, 1))
            fired.Wait();
        Thread named = new(() => Console.WriteLine($"thread {Thread.CurrentThread.Name}")) { Name = "worker" };
        named.Start();
        named.Join();
        Console.WriteLine($"guid {Guid.NewGuid() != Guid.NewGuid()}");
        Console.WriteLine($"files {string.Join(",", Directory.GetFiles("/rom"))}");
        Console.WriteLine($"folder {Environment.CurrentDirectory} {File.Exists(typeof(Work).Assembly.Location)}");
        Console.WriteLine($"process {Environment.ProcessId} {Environment.MachineName} {Process.GetCurrentProcess().Threads.Count > 1}");
        Console.WriteLine($"memory {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes}");
        Console.Error.WriteLine("to standard error");
        Console.WriteLine($"input {Console.In.ReadToEnd().Length}");
        return 3;
    }

    public static int CallPrivately()
    {
        Linux.Report("private", Linux.Call(3328));
        return 0;
    }

    public static int CallPrivately(int count)
    {
        for (int i = 0; i < count; i++)
            _ = Linux.Call(3328);
        return 0;
    }

    public static unsafe int WriteThroughCopies()
    {
        int output = (int)Linux.Call(32, 1); // dup
        int error = (int)Linux.Call(72, 2, 1030, 0); // fcntl F_DUPFD_CLOEXEC
        int second = (int)Linux.Call(32, output);
        int* ends = stackalloc int[2];
        _ = Linux.Call(22, (nint)ends); // pipe
        fixed (byte* text = "one two three four\n"u8)
        {
            _ = Linux.Call(1, output, (nint)text, 4);
            _ = Linux.Call(1, error, (nint)(text + 4), 4);
            _ = Linux.Call(1, second, (nint)(text + 8), 6);
            _ = Linux.Call(33, ends[1], 1); // dup2: from here on 1 is the pipe
            _ = Linux.Call(1, 1, (nint)text, 4);
            byte* back = stackalloc byte[4];
            nint got = Linux.Call(0, ends[0], (nint)back, 4);
            _ = Linux.Call(1, output, (nint)(text + 14), 5);
            return got == 4 && back[0] == (byte)'o' ? 0 : 1;
        }
    }
}
