using System.Globalization;

namespace Drover.Linux.Tests.Processes;

/// <summary>What this process has at a moment.</summary>
internal readonly record struct Usage(int Descriptors, int Children, int Mappings)
{
    public static Usage Now()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return new Usage(
            Directory.EnumerateFileSystemEntries("/proc/self/fd").Count(),
            CountChildren(),
            File.ReadLines("/proc/self/maps").Count());
    }

    /// <summary>Children and what they have become when they ended.</summary>
    private static int CountChildren()
    {
        int count = 0;
        foreach (string path in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(path), CultureInfo.InvariantCulture, out _))
                continue;
            try
            {
                string status = File.ReadAllText($"{path}/stat");
                if (status[(status.LastIndexOf(')') + 2)..].Split(' ')[1] == $"{Environment.ProcessId}")
                    count++;
            }
            catch (IOException)
            {
                // It ended meanwhile.
            }
        }
        return count;
    }
}
