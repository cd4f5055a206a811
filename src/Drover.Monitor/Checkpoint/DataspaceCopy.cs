using System.Buffers;
using Drover.Platform;

namespace Drover.Monitor.Checkpoint;

/// <summary>The content of a dataspace at one moment: shared memory is not in a fork, so it is copied while its
/// component stands still. Only what was ever touched is copied, or less. The memory is pooled: fresh memory would cost a page fault
/// for each page while the component waits.</summary>
internal sealed class DataspaceCopy : IPageSource, IDisposable
{
    /// <summary>Arrays have a greatest length, and small ones are found more easily.</summary>
    private const int PartBytes = 1 << 20;

    private readonly List<Part> _parts = [];
    private int _disposed;

    private DataspaceCopy(IReadOnlyList<PageRun> runs)
    {
        Runs = runs;
    }

    public IReadOnlyList<PageRun> Runs { get; }

    /// <summary>Of the copy.</summary>
    public ulong LengthBytes => Runs.Aggregate(0UL, (sum, run) => sum + run.LengthBytes);

    public static DataspaceCopy Take(ISharedMemory memory) =>
        Take(memory, [.. memory.PopulatedRanges().Select(range => new PageRun(range.OffsetBytes, range.LengthBytes))]);

    /// <summary>Copies some pages.</summary>
    public static DataspaceCopy Take(ISharedMemory memory, IReadOnlyList<PageRun> runs)
    {
        DataspaceCopy copy = new(runs);
        try
        {
            foreach (PageRun run in copy.Runs)
            {
                for (ulong offset = run.Address; offset < run.End; offset += PartBytes)
                    copy.Add(offset, memory.Span(offset, (int)Math.Min(PartBytes, run.End - offset)));
            }

            return copy;
        }
        catch
        {
            copy.Dispose();
            throw;
        }
    }

    public void Read(ulong address, Span<byte> destination)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        int index = _parts.BinarySearch(new Part(address, [], 0), s_byOffset);
        if (index < 0)
            index = ~index - 1;
        while (!destination.IsEmpty)
        {
            if (index < 0 || index == _parts.Count || address < _parts[index].OffsetBytes || address >= _parts[index].End)
                throw new ArgumentOutOfRangeException(nameof(address), $"0x{address:x} is in no run");
            Part part = _parts[index++];
            ReadOnlySpan<byte> rest = part.Content.AsSpan(0, part.LengthBytes)[(int)(address - part.OffsetBytes)..];
            int length = Math.Min(rest.Length, destination.Length);
            rest[..length].CopyTo(destination);
            destination = destination[length..];
            address += (ulong)length;
        }
    }

    /// <summary>Nobody reads it any more.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        foreach (Part part in _parts)
            ArrayPool<byte>.Shared.Return(part.Content);
    }

    private void Add(ulong offset, ReadOnlySpan<byte> content)
    {
        byte[] pooled = ArrayPool<byte>.Shared.Rent(content.Length);
        _parts.Add(new Part(offset, pooled, content.Length));
        content.CopyTo(pooled);
    }

    private static readonly Comparer<Part> s_byOffset = Comparer<Part>.Create((one, other) => one.OffsetBytes.CompareTo(other.OffsetBytes));

    private readonly record struct Part(ulong OffsetBytes, byte[] Content, int LengthBytes)
    {
        public ulong End => OffsetBytes + (ulong)LengthBytes;
    }
}
