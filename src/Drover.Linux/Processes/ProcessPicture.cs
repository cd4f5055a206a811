using Drover.Linux.Memory;
using Drover.Linux.Seccomp;
using Drover.Platform.State;

namespace Drover.Linux.Processes;

/// <summary>A thread as /proc shows it.</summary>
public readonly record struct ThreadPicture(int ThreadId, string Name);

/// <summary>A mapping as /proc shows it.</summary>
public readonly record struct MappingPicture(ulong Start, ulong End, PageProtection Protection, bool IsShared, string Name);

/// <summary>What /proc shows of a running process, for people: parts of it may change while it is read.</summary>
public static class ProcessPicture
{
    /// <summary>Threads by their id inside the component's namespace.</summary>
    public static IReadOnlyList<ThreadPicture> Threads(int processId)
    {
        List<ThreadPicture> threads = [];
        try
        {
            foreach (string folder in Directory.EnumerateDirectories($"/proc/{processId}/task"))
            {
                int hostId = int.Parse(Path.GetFileName(folder));
                int id = ThreadStatus.NamespaceId(hostId, processId);
                if (id != 0)
                    threads.Add(new ThreadPicture(id, File.ReadAllText(Path.Combine(folder, "comm")).TrimEnd('\n')));
            }
        }
        catch (IOException)
        {
            // A thread, or all of them, ended meanwhile.
        }

        threads.Sort((left, right) => left.ThreadId.CompareTo(right.ThreadId));
        return threads;
    }

    /// <summary>Ascending by address.</summary>
    public static IReadOnlyList<MappingPicture> Mappings(int processId)
    {
        try
        {
            return
            [
                .. MapsEntry.Of(processId).Select(entry =>
                    new MappingPicture(entry.Start, entry.End, entry.Protection, entry.IsShared, entry.Path)),
            ];
        }
        catch (IOException)
        {
            return [];
        }
    }
}
