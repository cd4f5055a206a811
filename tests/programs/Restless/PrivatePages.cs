using System.Runtime.InteropServices;

namespace Restless;

/// <summary>Private memory that is written at random, some pages with zeros.</summary>
internal sealed unsafe class PrivatePages
{
    public const int PageBytes = 4096;

    private const int PageCount = 2000;
    private const int WritesEachRound = 100;

    private readonly byte* _start = (byte*)NativeMemory.AlignedAlloc(PageCount * PageBytes, PageBytes);
    private readonly Random _random = new(1);

    public PrivatePages()
    {
        for (int page = 0; page < PageCount; page++)
            *(long*)(_start + (page * PageBytes)) = page + 1;
    }

    public void Write(int round)
    {
        for (int i = 0; i < WritesEachRound; i++)
        {
            Span<byte> page = new(_start + (_random.Next(PageCount) * PageBytes), PageBytes);
            if (_random.Next(16) == 0)
                page.Clear();
            else
                MemoryMarshal.Cast<byte, long>(page)[_random.Next(PageBytes / sizeof(long))] = _random.NextInt64();
        }
    }
}
