using System.Runtime.InteropServices;

namespace Drover.Platform.Traps;

/// <summary>The files that a component sees. It sees them read-only, and nothing else of the node's.</summary>
public interface IFileView
{
    /// <summary>Looks a path up without following a symbolic link in its last part.</summary>
    /// <param name="path">Absolute, without "." and "..", without a slash at the end ("/" is the root).</param>
    /// <param name="asker">Who asks, for entries such as those below /proc/self.</param>
    /// <returns>Null if there is nothing under that name.</returns>
    ViewEntry? Find(string path, in ViewAsker asker);
}

/// <summary>The thread whose call is being served.</summary>
/// <param name="HostThreadId">Thread id on this node.</param>
/// <param name="ThreadId">Thread id inside the component's PID namespace.</param>
public readonly record struct ViewAsker(int HostThreadId, int ThreadId);

/// <summary>One thing in a <see cref="IFileView"/>.</summary>
public abstract record ViewEntry
{
    private ViewEntry()
    {
    }

    /// <summary>A file of this node, opened read-only under its own path.</summary>
    /// <param name="HostPath">Absolute path without symbolic links.</param>
    public sealed record HostFile(string HostPath) : ViewEntry;

    /// <summary>A device of this node that may be opened for writing too.</summary>
    public sealed record HostDevice(string HostPath) : ViewEntry;

    /// <summary>The name of one of the asker's threads. Writing names the thread, which Linux lets no other process
    /// do; so who opens it for writing gets the node's own entry of /proc.</summary>
    public sealed record ThreadName(string HostPath, ReadOnlyMemory<byte> Content) : ViewEntry;

    /// <summary>Memory owned by the view, of which each open gets a read-only description of its own.</summary>
    public sealed record Memory(SafeHandle Descriptor, long LengthBytes) : ViewEntry;

    /// <summary>Content made up for this open.</summary>
    public sealed record Synthetic(ReadOnlyMemory<byte> Content) : ViewEntry;

    /// <param name="List">Gives what is in it; called when the directory is opened for listing.</param>
    public sealed record Directory(Func<IReadOnlyList<DirectoryItem>> List) : ViewEntry;

    /// <param name="Target">Absolute, or relative to the directory that the link is in.</param>
    public sealed record Link(string Target) : ViewEntry;
}

public enum DirectoryItemKind
{
    File,
    Directory,
    Link,
    Device,
}

public readonly record struct DirectoryItem(string Name, DirectoryItemKind Kind);
