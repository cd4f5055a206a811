using System.Runtime.InteropServices;
using Drover.Component;
using Drover.Component.Memory;

namespace Restless;

/// <summary>A dataspace that is written at random, and whose pages are dropped from the address space, which leaves them in the
/// dataspace.</summary>
internal sealed unsafe partial class SharedPages
{
    private const int PageCount = 2000;
    private const int WritesEachRound = 100;
    private const int DontNeed = 4;

    private readonly Attachment _memory;
    private readonly Random _random = new(2);

    public SharedPages(Env env)
    {
        _memory = env.Allocate(PageCount * PrivatePages.PageBytes).Attach();
        // The second half is touched as it is written.
        for (int page = 0; page < PageCount / 2; page++)
            At(page)[0] = page + 1;
    }

    public void Write(int round)
    {
        for (int i = 0; i < WritesEachRound; i++)
        {
            int page = _random.Next(PageCount);
            if (_random.Next(16) == 0)
                At(page).Clear();
            else
                At(page)[_random.Next(At(page).Length)] = _random.NextInt64();
            if (_random.Next(8) == 0 && madvise((byte*)_memory.Address + (page * PrivatePages.PageBytes), PrivatePages.PageBytes, DontNeed) != 0)
                throw new InvalidOperationException("the page was not dropped");
        }
    }

    private Span<long> At(int page) =>
        MemoryMarshal.Cast<byte, long>(_memory.Slice((ulong)page * PrivatePages.PageBytes, PrivatePages.PageBytes));

    [LibraryImport("libc")]
    private static partial int madvise(byte* address, nuint length, int advice);
}
