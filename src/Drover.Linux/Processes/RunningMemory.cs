using Drover.Linux.Files;
using Drover.Linux.Memory;
using Drover.Linux.Native;
using Drover.Linux.Tracing;
using Drover.Platform;

namespace Drover.Linux.Processes;

/// <summary>The memory of a component that runs.</summary>
internal sealed class RunningMemory(int processId, Func<PageChanges> takeChanges) : IRunningMemory
{
    /// <summary>Up to this mean length of the runs a system call for each takes longer than what it reads.</summary>
    private const ulong ScatteredBytes = 4 * PageMath.PageBytes;

    private readonly ProcessMemory _memory = new(processId);

    public PageChanges TakeChanges() => takeChanges();

    public IReadOnlySet<ulong> OpenShared()
    {
        HashSet<ulong> inodes = [];
        foreach (int number in Descriptors())
        {
            string path = $"/proc/{processId}/fd/{number}";
            if (IsMemory(path) && Inode(path) is { } inode)
                inodes.Add(inode);
        }

        return inodes;
    }

    public void Read(ReadOnlySpan<PageRun> runs, Span<byte> destination, ICollection<PageRun> missed)
    {
        ArgumentNullException.ThrowIfNull(missed);
        // Pages here and there were just written, so no fork shares them and reading them at once copies none in the kernel.
        ulong bytes = 0;
        foreach (PageRun run in runs)
            bytes += run.LengthBytes;
        if (bytes <= (ulong)runs.Length * ScatteredBytes && _memory.TryReadRuns(runs, destination))
            return;
        foreach (PageRun run in runs)
        {
            Span<byte> content = destination[..(int)run.LengthBytes];
            if (!_memory.TryReadForced(run.Address, content))
                ReadPages(run, content, missed);
            destination = destination[content.Length..];
        }
    }

    public void Dispose() => _memory.Dispose();

    private List<int> Descriptors()
    {
        try
        {
            return KernelDirectory.Numbers($"/proc/{processId}/fd");
        }
        catch (IOException) when (ThreadFiles.IsEnding(processId))
        {
            throw new ProcessEndedException(processId);
        }
    }

    /// <summary>Whether a descriptor is of a memfd; false if it was closed meanwhile.</summary>
    private static unsafe bool IsMemory(string path)
    {
        ReadOnlySpan<byte> prefix = "/memfd:"u8;
        byte* start = stackalloc byte[prefix.Length];
        return Libc.ReadLink(path, start, (nuint)prefix.Length) == prefix.Length && new ReadOnlySpan<byte>(start, prefix.Length).SequenceEqual(prefix);
    }

    /// <summary>Null if it was closed meanwhile.</summary>
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
