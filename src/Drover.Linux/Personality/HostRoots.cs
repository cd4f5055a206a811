using System.Runtime.InteropServices;
using Drover.Platform.Traps;

namespace Drover.Linux.Personality;

/// <summary>Parts of the node's file system that components may read. Links are followed on the node, but never out of
/// the roots: a program's own folder may hold links that its author made.</summary>
internal sealed partial class HostRoots
{
    private const uint ReadableByAll = 4;

    private readonly List<string> _roots; // as given and, where links lead elsewhere, as they really are
    private readonly bool _publicOnly;

    /// <param name="roots">Absolute paths of folders and files; those that are missing on this node are left out.</param>
    /// <param name="publicOnly">True to show only files that every user of the node may read: the node may be root.</param>
    public HostRoots(IEnumerable<string> roots, bool publicOnly)
    {
        _publicOnly = publicOnly;
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
        bool isHidden = _publicOnly && (FileStat.Mode(stat) & ReadableByAll) == 0;
        return (FileStat.Mode(stat) & 0xf000) switch
        {
            _ when isHidden => null,
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

    /// <summary>What has to be in a folder above the roots for them to be reached.</summary>
    public List<DirectoryItem> Children(string path)
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

    private static List<DirectoryItem> List(string host)
    {
        List<DirectoryItem> items = [];
        try
        {
            foreach (FileSystemInfo info in new DirectoryInfo(host).EnumerateFileSystemInfos())
                items.Add(new DirectoryItem(info.Name, Kind(info.Attributes)));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // What cannot be read is shown as empty.
        }
        return items;
    }

    private static DirectoryItemKind Kind(FileAttributes attributes) =>
        (attributes & FileAttributes.ReparsePoint) != 0 ? DirectoryItemKind.Link
        : (attributes & FileAttributes.Directory) != 0 ? DirectoryItemKind.Directory
        : DirectoryItemKind.File;

    private static bool IsWithin(string path, string root) =>
        path.StartsWith(root, StringComparison.Ordinal) && (path.Length == root.Length || path[root.Length] == '/');

    private bool IsAbove(string path) => _roots.Exists(root => IsWithin(root, path) || path == "/");

    [LibraryImport("libc", EntryPoint = "realpath", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial nint ResolvePath(string path, byte* resolved);
}
