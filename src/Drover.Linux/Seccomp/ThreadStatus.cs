using System.Globalization;

namespace Drover.Linux.Seccomp;

/// <summary>Reads /proc/TID/status (proc(5)).</summary>
internal static class ThreadStatus
{
    /// <summary>Id of the process that the thread is of; 0 if it has gone.</summary>
    public static int ProcessId(int hostThreadId)
    {
        try
        {
            foreach (string line in File.ReadLines($"/proc/{hostThreadId}/status"))
            {
                if (line.StartsWith("Tgid:", StringComparison.Ordinal))
                    return int.Parse(line.AsSpan(5), NumberStyles.AllowLeadingWhite, null);
            }
            return 0;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    /// <summary>The thread's id in the innermost PID namespace; 0 if it has gone or is not of that process.</summary>
    public static int NamespaceId(int hostThreadId, int hostPid)
    {
        try
        {
            int inside = 0;
            bool member = false;
            foreach (string line in File.ReadLines($"/proc/{hostThreadId}/status"))
            {
                if (line.StartsWith("Tgid:", StringComparison.Ordinal))
                    member = int.Parse(line.AsSpan(5), NumberStyles.AllowLeadingWhite, null) == hostPid;
                else if (line.StartsWith("NSpid:", StringComparison.Ordinal))
                    inside = int.Parse(line.AsSpan(line.LastIndexOf('\t') + 1), NumberStyles.None, null);
            }
            return member ? inside : 0;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }
}
