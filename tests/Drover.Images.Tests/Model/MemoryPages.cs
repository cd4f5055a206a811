using Drover.Platform;

namespace Drover.Images.Tests.Model;

/// <summary>Pages made up by the test, by address.</summary>
internal sealed class MemoryPages : IPageSource
{
    private readonly SortedDictionary<ulong, byte[]> _pages = [];

    public IReadOnlyList<PageRun> Runs
    {
        get
        {
            var runs = new List<PageRun>();
            foreach (ulong address in _pages.Keys)
            {
                if (runs.Count > 0 && runs[^1].End == address)
                    runs[^1] = new PageRun(runs[^1].Address, runs[^1].LengthBytes + 4096);
                else
                    runs.Add(new PageRun(address, 4096));
            }

            return runs;
        }
    }

    public IEnumerable<(ulong Address, byte[] Content)> All => _pages.Select(page => (page.Key, page.Value));

    public MemoryPages Add(ulong address, byte[] page)
    {
        _pages.Add(address, page);
        return this;
    }

    public MemoryPages AddZero(ulong address) => Add(address, new byte[4096]);

    /// <summary>A page whose content follows from the seed, never all zero.</summary>
    public MemoryPages Add(ulong address, int seed) => Add(address, Content(seed));

    public static byte[] Content(int seed)
    {
        byte[] page = new byte[4096];
        uint state = (uint)seed | 1;
        for (int i = 0; i < page.Length; i++)
        {
            state = (state * 1664525) + 1013904223;
            page[i] = (byte)(state >> 24);
        }

        page[0] = 1;
        return page;
    }

    public void Read(ulong address, Span<byte> destination)
    {
        for (int at = 0; at < destination.Length; at += 4096)
            _pages[address + (ulong)at].CopyTo(destination[at..]);
    }
}
