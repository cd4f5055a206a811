using Drover.Linux.Memory;
using Drover.Platform;

namespace Drover.Linux.Processes;

/// <summary>The memory of a component that runs.</summary>
internal sealed class RunningMemory(int processId, Func<PageChanges> takeChanges) : IRunningMemory
{
    private readonly ProcessMemory _memory = new(processId);

    public PageChanges TakeChanges() => takeChanges();

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
