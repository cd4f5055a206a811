using System.Globalization;
using Drover.Linux.Native;
using Drover.Linux.Processes;

namespace Drover.Linux.Memory;

/// <summary>What memory processes use.</summary>
internal static class MemoryUse
{
    /// <summary>Bytes of anonymous memory, pages that others share in equal parts (Pss_Anon of smaps_rollup, proc(5)); 0 for a
    /// process that is gone.</summary>
    public static ulong OfAnonymous(int processId)
    {
        const string Key = "Pss_Anon:";
        try
        {
            string? line = File.ReadLines($"/proc/{processId}/smaps_rollup").FirstOrDefault(line => line.StartsWith(Key, StringComparison.Ordinal));
            return line is null ? 0 : ulong.Parse(line.AsSpan(Key.Length).Trim().TrimEnd("kB"), NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture) << 10;
        }
        catch (IOException)
        {
            return 0;
        }
    }

    /// <summary>Whether a running process can still reach the memory of a memfd. Descriptors first: one may be turned into a mapping meanwhile, a mapping never into a descriptor. A
    /// process that is gone reaches nothing.</summary>
    public static bool Holds(int processId, ulong inode)
    {
        try
        {
            return HasDescriptor(processId, inode) || MapsEntry.Of(processId).Exists(entry => entry.Inode == inode);
        }
        catch (Exception failure) when (failure is IOException or LinuxException or UnauthorizedAccessException)
        {
            return Directory.Exists($"/proc/{processId}");
        }
    }

    private static bool HasDescriptor(int processId, ulong inode)
    {
        foreach (string path in Directory.EnumerateFileSystemEntries($"/proc/{processId}/fd"))
        {
            int number = int.Parse(Path.GetFileName(path.AsSpan()), CultureInfo.InvariantCulture);
            if (IsDescriptorOf(processId, number, inode))
                return true;
        }

        return false;
    }

    private static bool IsDescriptorOf(int processId, int number, ulong inode)
    {
        try
        {
            return DescriptorInformation.Of(processId, number).Inode == inode;
        }
        catch (FileNotFoundException)
        {
            // Closed since it was listed.
            return false;
        }
    }
}
