using Drover.Linux.Files;

namespace Drover.Linux.Tracing;

/// <summary>What /proc tells of processes and threads (proc(5)).</summary>
internal static class ThreadFiles
{
    /// <summary>True if the thread is a zombie, dead or unknown.</summary>
    public static bool IsEnding(int threadId)
    {
        try
        {
            string status = File.ReadAllText($"/proc/{threadId}/stat");
            char state = status[status.LastIndexOf(')') + 2];
            return state is 'Z' or 'X';
        }
        catch (IOException)
        {
            return true;
        }
    }

    /// <summary>The threads of a process, in no order.</summary>
    public static List<int> ThreadsOf(int processId)
    {
        try
        {
            return KernelDirectory.Numbers($"/proc/{processId}/task");
        }
        catch (IOException)
        {
            throw new ProcessEndedException(processId);
        }
    }
}
