using System.Buffers;
using Drover.Linux.Memory;
using Drover.Platform;

namespace Drover.Linux.Processes;

/// <summary>Pages that were copied while their process was stopped. For few pages that is quicker than a fork, which copies
/// the page tables of all.</summary>
internal sealed class CopiedMemory : IMemorySnapshot
{
    private readonly PageRun[] _runs;
    private readonly int[] _offsets;
    private byte[]? _content;

    private CopiedMemory(PageRun[] runs, int[] offsets, byte[] content)
    {
        _runs = runs;
        _offsets = offsets;
        _content = content;
    }

    public IReadOnlyList<PageRun> Runs => _runs;

    public ulong HeldBytes => _runs.Aggregate(0UL, (sum, run) => sum + run.LengthBytes);

    /// <summary>Copies pages; they are private memory, ascending, and less than 2 GiB.</summary>
    public static CopiedMemory Of(ProcessMemory memory, IReadOnlyList<PageRun> pages)
    {
        PageRun[] runs = [.. pages];
        int[] offsets = new int[runs.Length];
        int lengthBytes = 0;
        for (int i = 0; i < runs.Length; i++)
        {
            offsets[i] = lengthBytes;
            lengthBytes = checked(lengthBytes + (int)runs[i].LengthBytes);
        }
        // Pooled: fresh memory would cost a page fault for each page while the component waits.
        byte[] content = ArrayPool<byte>.Shared.Rent(lengthBytes);
        try
        {
            memory.ReadRuns(runs, content.AsSpan(0, lengthBytes));
            return new CopiedMemory(runs, offsets, content);
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(content);
            throw;
        }
    }

    public void Read(ulong address, Span<byte> destination)
    {
        ObjectDisposedException.ThrowIf(_content is null, this);
        int index = Array.BinarySearch(_runs, new PageRun(address, 0), s_byAddress);
        if (index < 0)
            index = ~index - 1;
        if (index < 0 || address + (ulong)destination.Length > _runs[index].End)
            throw new ArgumentOutOfRangeException(nameof(address), $"0x{address:x} was not copied");
        int offset = _offsets[index] + (int)(address - _runs[index].Address);
        _content.AsSpan(offset, destination.Length).CopyTo(destination);
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _content, null) is { } content)
            ArrayPool<byte>.Shared.Return(content);
    }

    private static readonly Comparer<PageRun> s_byAddress =
        Comparer<PageRun>.Create((one, other) => one.Address.CompareTo(other.Address));
}
