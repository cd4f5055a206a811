namespace Drover.Scenarios;

/// <summary>What this process holds of the things that components need.</summary>
internal sealed record Holdings(int Descriptors, int Processes, int SharedMappings)
{
    public static Holdings Now()
    {
        // Descriptors of dropped streams are closed by their finalizers.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return new Holdings(
            Directory.GetFiles("/proc/self/fd").Length,
            Descendants(Environment.ProcessId),
            File.ReadLines("/proc/self/maps").Count(IsSharedMemory));
    }

    /// <summary>Does something again and again, until it leaves as much as the time before. After a component's end its node gets ready for the
    /// next restore, so a single count may be too low; what is left behind would grow each time.</summary>
    public static async Task DoNotGrowAsync(Func<Task> cycle)
    {
        CancellationToken soon = Ecus.Soon;
        Holdings before;
        Holdings after = Now();
        do
        {
            Assert.False(soon.IsCancellationRequested, $"each time something is left: {after}");
            before = after;
            await cycle();
            after = Now();
        }
        while (after != before);
    }

    /// <summary>Returns when this process holds as much as before: what ended a moment ago may still be on its way out.</summary>
    public static async Task AreAsync(Holdings before, string after)
    {
        CancellationToken soon = Ecus.Soon;
        while (Now() != before)
        {
            Assert.False(soon.IsCancellationRequested, $"after {after}: {Now()}, but before: {before}");
            await Task.Yield();
        }
    }

    // The runtime of this process keeps its own compiled code in a memfd too, and compiles at any time.
    private static bool IsSharedMemory(string line) =>
        line.Contains("/memfd:", StringComparison.Ordinal) && !line.Contains("/memfd:doublemapper", StringComparison.Ordinal);

    private static int Descendants(int process)
    {
        int count = 0;
        foreach (string child in Tasks(process).SelectMany(ReadChildren))
            count += 1 + Descendants(int.Parse(child));
        return count;
    }

    private static string[] Tasks(int process)
    {
        try
        {
            return Directory.GetDirectories($"/proc/{process}/task");
        }
        catch (IOException)
        {
            return []; // it has just ended
        }
    }

    private static string[] ReadChildren(string task)
    {
        try
        {
            return File.ReadAllText(Path.Combine(task, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        }
        catch (IOException)
        {
            return []; // the thread has just ended
        }
    }
}
