using System.Globalization;
using System.Text;
using Drover.Linux.Native;
using Drover.Linux.Processes;

namespace Drover.Linux.Seccomp;

/// <summary>Names and CPUs of the threads of one process, which are found by their ids inside the namespace.</summary>
internal static class ThreadAccess
{
    /// <summary>The thread's id on this node; 0 if it has gone.</summary>
    public static int Find(int hostPid, int namespaceThreadId)
    {
        if (namespaceThreadId <= 0)
            return 0;
        try
        {
            foreach (string folder in Directory.EnumerateDirectories($"/proc/{hostPid}/task"))
            {
                int candidate = int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture);
                if (ThreadStatus.NamespaceId(candidate, hostPid) == namespaceThreadId)
                    return candidate;
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // The process is gone.
        }

        return 0;
    }

    /// <summary>Null if it has gone. Any bytes of the component's choosing, one to a character.</summary>
    public static string? Name(int hostPid, int hostThreadId)
    {
        try
        {
            return Encoding.Latin1.GetString(File.ReadAllBytes($"/proc/{hostPid}/task/{hostThreadId}/comm")).TrimEnd('\n');
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Null if it has gone.</summary>
    public static byte[]? Affinity(int hostThreadId)
    {
        try
        {
            return ProcessorSet.MaskOfThread(hostThreadId);
        }
        catch (LinuxException gone) when (gone.Errno == Errno.ESRCH)
        {
            return null;
        }
    }

    /// <summary>False if it has gone, or none of these CPUs is there.</summary>
    public static unsafe bool TrySetAffinity(int hostThreadId, ReadOnlySpan<byte> mask)
    {
        fixed (byte* start = mask)
            return Libc.Call(SystemCall.SetAffinity, hostThreadId, mask.Length, (nint)start, 0, 0) == 0;
    }
}
