using System.Runtime.InteropServices;
using Drover.Platform.Traps;

namespace Drover.Linux.Personality;

/// <summary>Parts of the node's file system that components may read. Links are followed on the node, but never out of
/// the roots: a program's own folder may hold links that its author made.</summary>
internal sealed partial class HostRoots
{
    private readonly List<string> _roots; // as given and, where links lead elsewhere, as they really are

    public HostRoots(IEnumerable<string> roots)
    {
        HashSet<string> all = [];
        foreach (string root in roots)
        {
            string clean = ComponentPath.Normalise("/", root);
            if (RealPath(clean) is not { } real)
                continue; // not on this node
            all.Add(clean);
            all.Add(real);
        }
        _roots = [.. all];
    }

    public ViewEntry? Find(string path)
    {
        if (!_roots.Exists(root => IsWithin(path, root)))
            return IsAbove(path) ? new ViewEntry.Directory(() => Children(path)) : null;
        // The folder's links are followed here, the last part's by the caller.
        string? folder = RealPath(ComponentPath.Folder(path));
        if (folder is null)
            return null;
        string name = path[(path.LastIndexOf('/') + 1)..];
        string host = folder == "/" ? $"/{name}" : $"{folder}/{name}";
        if (!_roots.Exists(root => IsWithin(host, root)))
            return null;
        Span<byte> stat = stackalloc byte[FileStat.StructBytes];
        if (FileStat.Of(host, follow: false, stat) != 0)
            return null;
        return (FileStat.Mode(stat) & 0xf000) switch
        {
            FileStat.RegularFile => new ViewEntry.HostFile(host),
            FileStat.Directory => new ViewEntry.Directory(() => List(host)),
            FileStat.Link => LinkTarget.TryRead(host) is { } target ? new ViewEntry.Link(target) : null,
            _ => null,
        };
    }

    /// <summary>The path without any links (realpath(3)); null if there is no such file.</summary>
    public static unsafe string? RealPath(string path)
    {
        Span<byte> resolved = stackalloc byte[4096];
        fixed (byte* start = resolved)
        {
            return ResolvePath(path, start) == 0 ? null : Marshal.PtrToStringUTF8((nint)start);
        }
    }

    private static List<DirectoryItem> List(string host)
    {
        List<DirectoryItem> items = [];
        try
        {
            foreach (FileSystemInfo info in new DirectoryInfo(host).EnumerateFileSystemInfos())
                items.Add(new DirectoryItem(info.Name, Kind(info)));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // What cannot be read is shown as empty.
        }
        return items;
    }

    private static DirectoryItemKind Kind(FileSystemInfo info) => info switch
    {
        { LinkTarget: not null } => DirectoryItemKind.Link,
        DirectoryInfo => DirectoryItemKind.Directory,
        _ => DirectoryItemKind.File,
    };

    private static bool IsWithin(string path, string root) =>
        path.StartsWith(root, StringComparison.Ordinal) && (path.Length == root.Length || path[root.Length] == '/');

    private bool IsAbove(string path) => _roots.Exists(root => IsWithin(root, path) || path == "/");

    private List<DirectoryItem> Children(string path)
    {
        string prefix = path == "/" ? "/" : path + "/";
        return [.. _roots
            .Where(root => root.StartsWith(prefix, StringComparison.Ordinal))
            .Select(root => root[prefix.Length..])
            .Select(rest => (Name: rest.Split('/')[0], IsLast: !rest.Contains('/', StringComparison.Ordinal), Full: prefix + rest))
            .GroupBy(child => child.Name)
            .Select(group => new DirectoryItem(group.Key,
                group.All(child => child.IsLast && !Directory.Exists(child.Full)) ? DirectoryItemKind.File : DirectoryItemKind.Directory))];
    }

    [LibraryImport("libc", EntryPoint = "realpath", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial nint ResolvePath(string path, byte* resolved);
}
