using System.Globalization;
using System.Text;
using Drover.Linux.Seccomp;
using Drover.Platform;
using Drover.Platform.Traps;

namespace Drover.Linux.Personality;

/// <summary>The entries of /proc (proc(5)) that runtimes read: what is the component's own with the ids of its
/// namespace, what is the node's from the quota.</summary>
internal sealed class ProcFiles(ProcessLimits limits)
{
    private static readonly string[] ProcessEntries =
        ["cgroup", "cmdline", "comm", "exe", "maps", "mountinfo", "stat", "statm", "status", "task"];

    private static readonly string[] ThreadEntries = ["comm", "stat", "status"];

    public ViewEntry? Find(string path, in ViewAsker asker)
    {
        int process = ThreadStatus.ProcessId(asker.HostThreadId);
        int leader = ThreadStatus.NamespaceId(process, process);
        if (process == 0 || leader == 0)
            return null;
        string[] parts = path["/proc".Length..].Split('/', StringSplitOptions.RemoveEmptyEntries);
        return parts switch
        {
            [] => Folder([new("self", DirectoryItemKind.Link), new("meminfo", DirectoryItemKind.File),
                new("cpuinfo", DirectoryItemKind.File), new("stat", DirectoryItemKind.File),
                new($"{leader}", DirectoryItemKind.Directory)]),
            ["self"] => new ViewEntry.Link($"{leader}"),
            ["thread-self"] => new ViewEntry.Link($"{leader}/task/{asker.ThreadId}"),
            ["self", .. string[] rest] => OfProcess(process, leader, rest),
            ["thread-self", .. string[] rest] => OfThread(process, leader, asker.ThreadId, rest),
            ["meminfo"] => Text(MemoryInformation(process)),
            ["cpuinfo"] => Text(ProcessorInformation()),
            ["stat"] => Text(ProcessorTimes()),
            ["sys", "vm", "overcommit_memory"] => Text("0\n"),
            [string id, .. string[] rest] when id == leader.ToString(CultureInfo.InvariantCulture) =>
                OfProcess(process, leader, rest),
            _ => null,
        };
    }

    private static ViewEntry? OfProcess(int process, int leader, string[] rest) => rest switch
    {
        [] => Names(ProcessEntries),
        ["task"] => new ViewEntry.Directory(() => Threads(process)),
        ["task", string id, .. string[] below] when int.TryParse(id, NumberStyles.None, null, out int thread) =>
            OfThread(process, leader, thread, below),
        ["exe"] => LinkTarget.TryRead($"/proc/{process}/exe") is { } target ? new ViewEntry.Link(target) : null,
        ["maps" or "cmdline" or "statm"] => Copy($"/proc/{process}/{rest[0]}"),
        ["comm"] => Name($"/proc/{process}/comm"),
        ["cgroup"] => Text("0::/\n"),
        ["mountinfo"] => Text("21 20 0:21 / /sys/fs/cgroup ro - cgroup2 cgroup2 ro\n"),
        ["stat"] => ProcText.Stat($"/proc/{process}/stat", leader) is { } text ? Text(text) : null,
        ["status"] => ProcText.Status($"/proc/{process}/status", leader) is { } text ? Text(text) : null,
        _ => null,
    };

    private static ViewEntry? OfThread(int process, int leader, int thread, string[] rest)
    {
        int host = HostId(process, thread);
        string folder = $"/proc/{process}/task/{host}";
        return host == 0 ? null : rest switch
        {
            [] => Names(ThreadEntries),
            ["comm"] => Name($"{folder}/comm"),
            ["stat"] => ProcText.Stat($"{folder}/stat", thread) is { } text ? Text(text) : null,
            ["status"] => ProcText.Status($"{folder}/status", leader) is { } text ? Text(text) : null,
            _ => null,
        };
    }

    private static List<DirectoryItem> Threads(int process) =>
        [.. ThreadIds(process).Select(pair => new DirectoryItem($"{pair.Inside}", DirectoryItemKind.Directory))];

    private static int HostId(int process, int thread) =>
        ThreadIds(process).FirstOrDefault(pair => pair.Inside == thread).Host;

    private static IEnumerable<(int Host, int Inside)> ThreadIds(int process)
    {
        string[] folders;
        try
        {
            folders = Directory.GetDirectories($"/proc/{process}/task");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            yield break;
        }
        foreach (string folder in folders)
        {
            int host = int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture);
            if (ThreadStatus.NamespaceId(host, process) is not 0 and int inside)
                yield return (host, inside);
        }
    }

    private string MemoryInformation(int process)
    {
        ulong total = limits.PrivateMemoryBytes / 1024;
        ulong used = Math.Min(SystemCalls.ResidentBytes(process) / 1024, total);
        return $"""
            MemTotal:       {total,8} kB
            MemFree:        {total - used,8} kB
            MemAvailable:   {total - used,8} kB
            Buffers:               0 kB
            Cached:                0 kB
            SwapCached:            0 kB
            SwapTotal:             0 kB
            SwapFree:              0 kB

            """;
    }

    private static string ProcessorInformation()
    {
        StringBuilder text = new();
        for (int cpu = 0; cpu < Environment.ProcessorCount; cpu++)
            text.Append(CultureInfo.InvariantCulture, $"processor\t: {cpu}\n\n");
        return text.ToString();
    }

    private static string ProcessorTimes()
    {
        StringBuilder text = new("cpu  0 0 0 0 0 0 0 0 0 0\n");
        for (int cpu = 0; cpu < Environment.ProcessorCount; cpu++)
            text.Append(CultureInfo.InvariantCulture, $"cpu{cpu} 0 0 0 0 0 0 0 0 0 0\n");
        return text.ToString();
    }

    private static ViewEntry.Directory Names(string[] names) =>
        Folder([.. names.Select(name => new DirectoryItem(name, name == "task" ? DirectoryItemKind.Directory : DirectoryItemKind.File))]);

    private static ViewEntry.Directory Folder(List<DirectoryItem> items) => new(() => items);

    private static ViewEntry.Synthetic Text(string text) => new(Encoding.UTF8.GetBytes(text));

    private static ViewEntry.ThreadName? Name(string path) =>
        Copy(path) is { } copy ? new ViewEntry.ThreadName(path, copy.Content) : null;

    private static ViewEntry.Synthetic? Copy(string path)
    {
        try
        {
            return new ViewEntry.Synthetic(File.ReadAllBytes(path));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
