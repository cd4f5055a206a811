using System.Globalization;
using Drover.Linux.Native;
using Drover.Linux.Processes;

namespace Drover.Linux.Memory;

/// <summary>Whether a running process can still reach the memory of a memfd.</summary>
internal static class MemoryUse
{
    /// <summary>Descriptors first: one may be turned into a mapping meanwhile, a mapping never into a descriptor. A
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
