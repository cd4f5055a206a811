using System.Text;
using Drover.Platform;
using Drover.Platform.Traps;

namespace Drover.Linux.Personality;

/// <summary>
/// What an ordinary program sees: its own folder, the .NET runtime and the system's libraries, read-only; ROM modules
/// under /rom; /proc and /sys made from the quota; /dev/null. Immutable.
/// </summary>
public sealed class RuntimeFileView : IFileView
{
    private static readonly string[] SystemRoots =
    [
        "/lib", "/lib64", "/usr/lib", "/usr/lib64", "/etc/ld.so.cache", "/etc/localtime", "/usr/share/zoneinfo",
    ];

    private static readonly string[] OwnFolders = ["dev", "proc", "rom", "sys"];

    private static readonly Dictionary<string, string> Texts = new()
    {
        ["/etc/nsswitch.conf"] = "passwd: files\ngroup: files\nhosts: files\n",
        ["/etc/hosts"] = "127.0.0.1 localhost\n",
        ["/etc/group"] = "component:x:0:\n",
        ["/etc/passwd"] = "component:x:0:0::/:\n",
    };

    private readonly HostRoots _own;
    private readonly HostRoots _shared;
    private readonly ProcFiles _proc;
    private readonly SystemFiles _system;
    private readonly IReadOnlyDictionary<string, ViewEntry> _rom;

    /// <param name="limits">What /proc and /sys tell about memory and threads.</param>
    /// <param name="roots">Folders and files of the node that the program may read beside the system's libraries: its
    /// own folder, the .NET installation.</param>
    /// <param name="romModules">Modules by name; they appear as /rom/NAME.</param>
    public RuntimeFileView(ProcessLimits limits, IEnumerable<string> roots, IReadOnlyDictionary<string, ViewEntry>? romModules = null)
    {
        _own = new HostRoots(roots, publicOnly: false);
        _shared = new HostRoots(SystemRoots, publicOnly: true);
        _proc = new ProcFiles(limits);
        _system = new SystemFiles(limits);
        _rom = romModules ?? new Dictionary<string, ViewEntry>();
    }

    public ViewEntry? Find(string path, in ViewAsker asker)
    {
        if (IsBelow(path, "/proc"))
            return _proc.Find(path, asker);
        if (IsBelow(path, "/sys"))
            return _system.Find(path, asker);
        if (IsBelow(path, "/rom"))
            return FindRom(path);
        return path switch
        {
            "/" => new ViewEntry.Directory(ListRoot),
            "/dev" => new ViewEntry.Directory(() =>
                [new DirectoryItem("null", DirectoryItemKind.Device), new DirectoryItem("urandom", DirectoryItemKind.Device)]),
            // .NET reads its random numbers from /dev/urandom and keeps it open.
            "/dev/null" or "/dev/urandom" => new ViewEntry.HostDevice(path),
            _ when Texts.TryGetValue(path, out string? text) => new ViewEntry.Synthetic(Encoding.ASCII.GetBytes(text)),
            _ => FindOnHost(path),
        };
    }

    private ViewEntry? FindOnHost(string path) => (_own.Find(path), _shared.Find(path)) switch
    {
        // A folder above roots of both kinds.
        (ViewEntry.Directory own, ViewEntry.Directory shared) =>
            new ViewEntry.Directory(() => [.. own.List().UnionBy(shared.List(), item => item.Name)]),
        (ViewEntry own, _) => own,
        (_, ViewEntry shared) => shared,
        _ => null,
    };

    private ViewEntry? FindRom(string path)
    {
        if (path == "/rom")
            return new ViewEntry.Directory(() => [.. _rom.Keys.Select(name => new DirectoryItem(name, DirectoryItemKind.File))]);
        return _rom.GetValueOrDefault(path["/rom/".Length..]);
    }

    private IReadOnlyList<DirectoryItem> ListRoot()
    {
        IEnumerable<DirectoryItem> host = _own.Children("/").UnionBy(_shared.Children("/"), item => item.Name);
        return [.. host.Concat(OwnFolders.Select(name => new DirectoryItem(name, DirectoryItemKind.Directory)))];
    }

    private static bool IsBelow(string path, string folder) =>
        path.StartsWith(folder, StringComparison.Ordinal) && (path.Length == folder.Length || path[folder.Length] == '/');
}
