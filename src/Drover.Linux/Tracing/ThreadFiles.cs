using System.Globalization;

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
        List<int> threads = [];
        try
        {
            foreach (string path in Directory.EnumerateDirectories($"/proc/{processId}/task"))
                threads.Add(int.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture));
        }
        catch (IOException)
        {
            throw new ProcessEndedException(processId);
        }
        return threads;
    }
}
