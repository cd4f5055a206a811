using Drover.Platform;

namespace Drover.Images;

/// <summary>The touched pages of shared memory, by offset, for <see cref="ImageWriter.WriteDataspace(State.ObjectId, IPageSource, CancellationToken)"/>.
/// Does not own the memory, which nobody may write to meanwhile.</summary>
public sealed class SharedMemoryPages : IPageSource
{
    private readonly ISharedMemory _memory;

    public SharedMemoryPages(ISharedMemory memory)
    {
        ArgumentNullException.ThrowIfNull(memory);
        _memory = memory;
        var runs = new List<PageRun>();
        foreach ((ulong offset, ulong length) in memory.PopulatedRanges())
        {
            if (length == 0)
                continue;
            ulong start = offset & ~(ulong)(ImageFormat.PageBytes - 1);
            ulong end = (offset + length + ImageFormat.PageBytes - 1) & ~(ulong)(ImageFormat.PageBytes - 1);
            if (runs.Count > 0 && runs[^1].End >= start)
                runs[^1] = new PageRun(runs[^1].Address, Math.Max(end, runs[^1].End) - runs[^1].Address);
            else
                runs.Add(new PageRun(start, end - start));
        }

        Runs = runs;
    }

    public IReadOnlyList<PageRun> Runs { get; }

    public void Read(ulong address, Span<byte> destination)
    {
        int present = (int)Math.Min((ulong)destination.Length, _memory.LengthBytes - Math.Min(address, _memory.LengthBytes));
        _memory.Span(address, present).CopyTo(destination);
        // The rest of the last page.
        destination[present..].Clear();
    }
}
