using Drover.Linux.Memory;
using Drover.Linux.Native;
using Drover.Platform;

namespace Drover.Linux.Processes;

/// <summary>The memory of a component that runs.</summary>
internal sealed class RunningMemory(int processId, Func<PageChanges> takeChanges) : IRunningMemory
{
    private readonly ProcessMemory _memory = new(processId);

    public PageChanges TakeChanges() => takeChanges();

    public IReadOnlySet<ulong> OpenShared()
    {
        HashSet<ulong> inodes = [];
        foreach (string path in Directory.EnumerateFileSystemEntries($"/proc/{processId}/fd"))
        {
            if (LinkOf(path)?.StartsWith(MapsEntry.MemfdPrefix, StringComparison.Ordinal) == true && Inode(path) is { } inode)
                inodes.Add(inode);
        }

        return inodes;
    }

    public void Read(ReadOnlySpan<PageRun> runs, Span<byte> destination, ICollection<PageRun> missed)
    {
        ArgumentNullException.ThrowIfNull(missed);
        foreach (PageRun run in runs)
        {
            Span<byte> content = destination[..(int)run.LengthBytes];
            if (!_memory.TryReadForced(run.Address, content))
                ReadPages(run, content, missed);
            destination = destination[content.Length..];
        }
    }

    public void Dispose() => _memory.Dispose();

    /// <summary>Null if it was closed meanwhile.</summary>
    private static string? LinkOf(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static ulong? Inode(string path)
    {
        try
        {
            using SafeFileDescriptor opened = SafeFileDescriptor.Open(path, OpenFlags.PathOnly);
            return FileStatus.Of(opened).Inode;
        }
        catch (LinuxException)
        {
            return null;
        }
    }

    private void ReadPages(PageRun run, Span<byte> content, ICollection<PageRun> missed)
    {
        const int PageBytes = (int)PageMath.PageBytes;
        for (int at = 0; at < content.Length; at += PageBytes)
        {
            if (!_memory.TryReadForced(run.Address + (ulong)at, content.Slice(at, PageBytes)))
                missed.Add(new PageRun(run.Address + (ulong)at, PageMath.PageBytes));
        }
    }
}
