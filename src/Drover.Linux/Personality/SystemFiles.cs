using System.Text;
using System.Text.RegularExpressions;
using Drover.Platform;
using Drover.Platform.Traps;

namespace Drover.Linux.Personality;

/// <summary>The entries of /sys that runtimes read: processors and their caches as they are, the control group from
/// the quota (cgroup v2 whatever the node has).</summary>
internal sealed partial class SystemFiles(ProcessLimits limits)
{
    public ViewEntry? Find(string path, in ViewAsker asker)
    {
        if (Processor().IsMatch(path))
            return Directory.Exists(path) ? new ViewEntry.Directory(() => []) : Copy(path);
        return path switch
        {
            "/sys" => Folder("fs", "devices"),
            "/sys/fs" => Folder("cgroup"),
            "/sys/devices" => Folder("system"),
            "/sys/devices/system" => Folder("cpu"),
            "/sys/fs/cgroup/memory.max" => Text($"{limits.PrivateMemoryBytes}\n"),
            "/sys/fs/cgroup/memory.high" => Text("max\n"),
            "/sys/fs/cgroup/memory.swap.max" => Text("0\n"),
            "/sys/fs/cgroup/memory.current" => Text($"{SystemCalls.ResidentBytes(asker.HostThreadId)}\n"),
            "/sys/fs/cgroup/memory.stat" =>
                Text($"anon {SystemCalls.ResidentBytes(asker.HostThreadId)}\nfile 0\ninactive_file 0\n"),
            "/sys/fs/cgroup/cpu.max" => Text("max 100000\n"),
            "/sys/fs/cgroup/pids.max" => Text($"{limits.Threads}\n"),
            "/sys/fs/cgroup/cgroup.controllers" => Text("cpu memory pids\n"),
            "/sys/fs/cgroup" => Files("memory.max", "memory.high", "memory.swap.max", "memory.current", "memory.stat",
                "cpu.max", "pids.max", "cgroup.controllers"),
            _ => null,
        };
    }

    private static ViewEntry.Directory Folder(params string[] names) =>
        new(() => [.. names.Select(name => new DirectoryItem(name, DirectoryItemKind.Directory))]);

    private static ViewEntry.Directory Files(params string[] names) =>
        new(() => [.. names.Select(name => new DirectoryItem(name, DirectoryItemKind.File))]);

    private static ViewEntry.Synthetic Text(string text) => new(Encoding.ASCII.GetBytes(text));

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

    [GeneratedRegex(@"^/sys/devices/system/cpu(/(possible|present|online|cpu[0-9]+(/cache(/index[0-9]+(/[a-z_]+)?)?|/topology(/[a-z_]+)?|/online)?))?\z")]
    private static partial Regex Processor();
}
