using System.Diagnostics;

namespace Lively;

/// <summary>Shared memory that the program finds mapped, whose pages it writes, moves, drops and unmaps at random. What happens follows
/// from the seed.</summary>
internal static unsafe class SharedArena
{
    private const ulong Start = 0x3000_0000_0000;
    private const int PageCount = 512;

    /// <summary>Mapped there at first are half as many.</summary>
    private const int PlaceCount = 2 * PageCount;

    private const int PageBytes = 4096;
    private const int ReadWrite = 3;
    private const int DontNeed = 4;
    private const int PageOut = 21;
    private const int MayMoveFixed = 3;

    private static readonly bool[] IsMapped = [.. Enumerable.Repeat(true, PageCount), .. Enumerable.Repeat(false, PlaceCount - PageCount)];
    private static readonly int[] Pipe = new int[2];

    /// <summary>Does so many random things; gives how many it did.</summary>
    public static long Stir(int seed, int count)
    {
        Random random = new(seed);
        // Moving and unmapping spoils the notes of all; so rounds without are to be among them.
        bool movesToo = random.Next(3) == 0;
        long done = 0;
        for (int i = 0; i < count; i++)
        {
            if (Do(random, random.Next(movesToo ? 12 : 9), random.Next(PlaceCount)))
                done++;
        }
        return done;
    }

    /// <summary>Moves the arena's first pages to a place and back again, where private memory is mapped then, by turns, and writes to what is there;
    /// gives how often.</summary>
    public static long TakeTurns(int seed)
    {
        const ulong Place = 0x3100_0000_0000;
        const int Pages = 16;
        const int PrivateAnonymousFixed = 0x32;
        const nuint Length = Pages * PageBytes;
        Random random = new(seed);
        int turns = 2 * random.Next(4, 8);
        for (int turn = 0; turn < turns; turn++)
        {
            bool isPrivate = turn % 2 != 0;
            if (isPrivate && Linux.mremap((byte*)Place, Length, Length, MayMoveFixed, At(0)) != At(0))
                return -1;
            byte* mapped = isPrivate
                ? Linux.mmap((byte*)Place, Length, ReadWrite, PrivateAnonymousFixed, -1, 0)
                : Linux.mremap(At(0), Length, Length, MayMoveFixed, (byte*)Place);
            if (mapped != (byte*)Place)
                return -2;
            for (int i = 0; i < 4; i++)
                *(long*)(mapped + (random.Next(Pages) * PageBytes)) = random.NextInt64();
            long began = Stopwatch.GetTimestamp();
            int microseconds = random.Next(1000);
            while (Stopwatch.GetElapsedTime(began).TotalMicroseconds < microseconds)
                Thread.SpinWait(10);
        }

        return turns;
    }

    private static bool Do(Random random, int what, int place)
    {
        if (!IsMapped[place])
            return false;
        byte* address = At(place);
        switch (what)
        {
            case 0:
                return Linux.madvise(address, PageBytes, random.Next(2) == 0 ? DontNeed : PageOut) == 0;
            case 1:
                // What was written just before it was dropped is in the memory all the same.
                *(long*)address = random.NextInt64();
                return Linux.madvise(address, PageBytes, DontNeed) == 0;
            case 2:
                return Linux.mprotect(address, PageBytes, 1) == 0 && Linux.mprotect(address, PageBytes, ReadWrite) == 0;
            case 3:
                return *(long*)(address + (8 * random.Next(512))) != 1;
            case 4:
                return WriteByKernel(random, address);
            case 9 or 10:
                return Move(random, place);
            case 11:
                // Written at last, and never again: not all of it may go.
                *(long*)address = random.NextInt64();
                IsMapped[place] = random.Next(8) != 0 || Linux.munmap(address, PageBytes) != 0;
                return true;
            default:
                *(long*)(address + (8 * random.Next(512))) = random.NextInt64();
                return true;
        }
    }

    private static bool WriteByKernel(Random random, byte* address)
    {
        fixed (int* ends = Pipe)
        {
            if (Pipe[1] == 0 && Linux.pipe2(ends, 0) != 0)
                return false;
        }
        byte* content = stackalloc byte[PageBytes];
        random.NextBytes(new Span<byte>(content, PageBytes));
        return Linux.write(Pipe[1], content, PageBytes) == PageBytes && Linux.read(Pipe[0], address, PageBytes) == PageBytes;
    }

    private static bool Move(Random random, int place)
    {
        int to = random.Next(PlaceCount);
        if (IsMapped[to])
            return false;
        *(long*)At(place) = random.NextInt64();
        IsMapped[to] = Linux.mremap(At(place), PageBytes, PageBytes, MayMoveFixed, At(to)) == At(to);
        IsMapped[place] = !IsMapped[to];
        if (IsMapped[to] && random.Next(2) == 0)
            *(long*)At(to) = random.NextInt64();
        return IsMapped[to];
    }

    private static byte* At(int place) => (byte*)Start + ((long)place * PageBytes);
}
