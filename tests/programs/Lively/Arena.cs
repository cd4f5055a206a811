namespace Lively;

/// <summary>A piece of address space in which memory is mapped, written, moved and dropped at random, by this program and by
/// the kernel on its behalf. What happens follows from the seed.</summary>
internal sealed unsafe class Arena
{
    private const int PageBytes = 4096;
    private const int BlockPages = 512;
    private const int ReadWrite = 3;
    private const int PrivateAnonymous = 0x22;
    private const int Fixed = 0x10;
    private const int DontNeed = 4;
    private const int Free = 8;
    private const int HugePage = 14;
    private const int Collapse = 25;
    private const int MayMoveFixed = 3;

    private static readonly int[] Pipe = new int[2];

    private readonly ulong _start;
    private readonly bool[] _isMapped;
    private readonly bool _hasBlocks;

    /// <param name="start">A multiple of 2 MiB.</param>
    /// <param name="pageCount">Likewise, if it has blocks.</param>
    /// <param name="hasBlocks">Whether memory is mapped, moved and dropped in blocks of 2 MiB as well, which may lie in huge pages.</param>
    private Arena(ulong start, int pageCount, bool hasBlocks)
    {
        _start = start;
        _isMapped = new bool[pageCount];
        _hasBlocks = hasBlocks;
    }

    public static Arena Small { get; } = new(0x2000_0000_0000, 1024, hasBlocks: false);

    public static Arena Huge { get; } = new(0x2800_0000_0000, 6 * BlockPages, hasBlocks: true);

    private int PageCount => _isMapped.Length;

    /// <summary>Does so many random things; gives how many it did.</summary>
    public long Stir(int seed, int count)
    {
        Random random = new(seed);
        long done = 0;
        for (int i = 0; i < count; i++)
        {
            if (_hasBlocks && random.Next(10) == 0)
            {
                if (DoBlock(random, random.Next(8), random.Next(PageCount / BlockPages) * BlockPages))
                    done++;
                continue;
            }

            int first = random.Next(PageCount);
            int pages = Math.Min(1 + random.Next(16), PageCount - first);
            if (Do(random, random.Next(14), first, pages))
                done++;
        }
        return done;
    }

    /// <summary>Maps all pages and writes to every one.</summary>
    public long Fill(int pages)
    {
        byte* start = Linux.mmap((byte*)_start, (nuint)pages * PageBytes, ReadWrite, PrivateAnonymous | Fixed, -1, 0);
        for (long page = 0; page < pages; page++)
            *(long*)(start + (page * PageBytes)) = page + 1;
        return (long)start;
    }

    /// <summary>Writes to some pages of what <see cref="Fill"/> made.</summary>
    public long Touch(int pages)
    {
        for (long page = 0; page < pages; page++)
            ++*(long*)(_start + ((ulong)(page * 97) % (ulong)PageCount * PageBytes));
        return pages;
    }

    /// <summary>Writes to every second one of so many pages that <see cref="Fill"/> made.</summary>
    public long TouchEven(int pages)
    {
        for (long page = 0; page < pages; page += 2)
            ++*(long*)(_start + ((ulong)page * PageBytes));
        return pages;
    }

    private bool Do(Random random, int what, int first, int pages)
    {
        byte* address = At(first);
        nuint length = (nuint)pages * PageBytes;
        switch (what)
        {
            case 0 or 1:
                Mark(first, pages, Linux.mmap(address, length, ReadWrite, PrivateAnonymous | Fixed, -1, 0) == address);
                return true;
            case 2:
                Mark(first, pages, Linux.munmap(address, length) != 0);
                return true;
            case 3:
                return AllMapped(first, pages) && Linux.madvise(address, length, random.Next(2) == 0 ? DontNeed : Free) == 0;
            case 4:
                return Move(random.Next(PageCount - pages + 1), first, pages);
            case 5:
                return AllMapped(first, pages) && Linux.mprotect(address, length, 1) == 0 && Linux.mprotect(address, length, ReadWrite) == 0;
            case 6 or 7:
                return WriteByKernel(random, first, pages);
            case 8:
                return Look(first, pages);
            default:
                return Write(random, first, pages);
        }
    }

    /// <summary>Does something with a block of 2 MiB.</summary>
    private bool DoBlock(Random random, int what, int first)
    {
        byte* address = At(first);
        nuint length = (nuint)BlockPages * PageBytes;
        switch (what)
        {
            case 0 or 1 or 2:
                Mark(first, BlockPages, Linux.mmap(address, length, ReadWrite, PrivateAnonymous | Fixed, -1, 0) == address);
                return Linux.madvise(address, length, HugePage) == 0 && Write(random, first + random.Next(BlockPages), 1);
            case 3:
                return AllMapped(first, BlockPages) && Linux.madvise(address, length, Collapse) == 0;
            case 4:
                return AllMapped(first, BlockPages) && Linux.madvise(address, length, random.Next(2) == 0 ? DontNeed : Free) == 0;
            case 5 or 6:
                return Move(random.Next(PageCount / BlockPages) * BlockPages, first, BlockPages);
            default:
                return Write(random, first, BlockPages);
        }
    }

    private bool Write(Random random, int first, int pages)
    {
        for (int page = first; page < first + pages; page++)
        {
            if (_isMapped[page])
                *(long*)(At(page) + (random.Next(PageBytes / sizeof(long)) * sizeof(long))) = random.Next(4) == 0 ? 0 : random.NextInt64();
        }
        return true;
    }

    /// <summary>Reading may put the zero page there.</summary>
    private bool Look(int first, int pages)
    {
        long sum = 0;
        for (int page = first; page < first + pages; page++)
            sum += _isMapped[page] ? *(long*)At(page) : 0;
        return sum != 1;
    }

    private bool WriteByKernel(Random random, int first, int pages)
    {
        if (!AllMapped(first, pages))
            return false;
        fixed (int* ends = Pipe)
        {
            if (Pipe[1] == 0 && Linux.pipe2(ends, 0) != 0)
                return false;
        }
        byte* content = stackalloc byte[PageBytes];
        random.NextBytes(new Span<byte>(content, PageBytes));
        return Linux.write(Pipe[1], content, PageBytes) == PageBytes
            && Linux.read(Pipe[0], At(first) + (random.Next(2) * (pages - 1) * 64), PageBytes - (pages == 1 ? 0u : 64u)) > 0 && Drain();
    }

    private static bool Drain()
    {
        // What a short read left behind.
        byte* rest = stackalloc byte[64];
        int left = 0;
        return Linux.ioctl(Pipe[0], 0x541B, &left) == 0 && (left == 0 || Linux.read(Pipe[0], rest, (nuint)left) == left);
    }

    private bool Move(int to, int first, int pages)
    {
        if (!AllMapped(first, pages) || Math.Abs(to - first) < pages)
            return false;
        nuint length = (nuint)pages * PageBytes;
        bool moved = Linux.mremap(At(first), length, length, MayMoveFixed, At(to)) == At(to);
        if (!moved)
        {
            // Of several mappings some may have been moved (Linux 6.17).
            _ = Linux.munmap(At(first), length);
            _ = Linux.munmap(At(to), length);
        }
        Mark(first, pages, false);
        Mark(to, pages, moved);
        return moved;
    }

    private byte* At(int page) => (byte*)_start + ((long)page * PageBytes);

    private bool AllMapped(int first, int pages) => !_isMapped.AsSpan(first, pages).Contains(false);

    private void Mark(int first, int pages, bool isMapped) => _isMapped.AsSpan(first, pages).Fill(isMapped);
}
