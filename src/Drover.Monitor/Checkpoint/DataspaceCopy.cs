using Drover.Platform;

namespace Drover.Monitor.Checkpoint;

/// <summary>The content of a dataspace at one moment: shared memory is not in a fork, so it is copied while its
/// component stands still. Only what was ever touched is copied.</summary>
internal sealed class DataspaceCopy : IPageSource
{
    private const int PartBytes = 1 << 20;

    private readonly Dictionary<ulong, byte[]> _parts = [];

    private DataspaceCopy(IReadOnlyList<PageRun> runs)
    {
        Runs = runs;
    }

    public IReadOnlyList<PageRun> Runs { get; }

    public static DataspaceCopy Take(ISharedMemory memory)
    {
        List<PageRun> runs = [];
        foreach ((ulong offset, ulong length) in memory.PopulatedRanges())
        {
            for (ulong done = 0; done < length; done += PartBytes)
                runs.Add(new PageRun(offset + done, Math.Min(PartBytes, length - done)));
        }

        DataspaceCopy copy = new(runs);
        foreach (PageRun run in runs)
            copy._parts[run.Address] = memory.Span(run.Address, (int)run.LengthBytes).ToArray();
        return copy;
    }

    public void Read(ulong address, Span<byte> destination)
    {
        foreach (PageRun run in Runs)
        {
            if (address >= run.Address && address + (ulong)destination.Length <= run.End)
            {
                _parts[run.Address].AsSpan((int)(address - run.Address), destination.Length).CopyTo(destination);
                return;
            }
        }

        throw new ArgumentOutOfRangeException(nameof(address), $"0x{address:x} is in no run");
    }
}
