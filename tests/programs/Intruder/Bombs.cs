namespace Intruder;

internal static unsafe class Bombs
{
    /// <param name="hidden">True to make what was taken unwritable, so that RLIMIT_DATA does not count it.</param>
    public static int Memory(bool hidden)
    {
        List<nint> taken = [];
        while (true)
        {
            nint memory = Linux.Call(9, 0, 16 << 20, 3, 0x22, -1);
            if (memory == -1)
                break;
            for (int offset = 0; offset < 16 << 20; offset += 4096)
                ((byte*)memory)[offset] = 1;
            taken.Add(memory);
            if (hidden && Linux.Call(10, memory, 16 << 20, 1) == -1)
                break;
            if (taken.Count > 100)
                return Report("unlimited");
        }
        return Report($"stopped after {taken.Count * 16} MiB");
    }

    public static int Threads()
    {
        int started = 0;
        try
        {
            for (; started < 2000; started++)
            {
                Thread sleeper = new(() => Thread.Sleep(Timeout.Infinite), 128 * 1024) { IsBackground = true };
                sleeper.Start();
            }
        }
        catch (OutOfMemoryException)
        {
            return Report($"stopped after {started} threads");
        }
        return Report("unlimited");
    }

    /// <summary>Keeps what is made for it by mapping it.</summary>
    public static int Files()
    {
        fixed (byte* path = "/proc/self/status\0"u8)
        {
            for (int kept = 0; kept < 20_000; kept++)
            {
                nint descriptor = Linux.Call(2, (nint)path);
                if (descriptor == -1)
                    return Report($"stopped after {kept} files");
                _ = Linux.Call(9, 0, 4096, 1, 2, descriptor);
                _ = Linux.Call(3, descriptor);
            }
        }
        return Report("unlimited");
    }

    private static int Report(string text)
    {
        Console.WriteLine(text);
        return 0;
    }
}
