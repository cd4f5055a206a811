using System.Runtime.InteropServices;

namespace Ledger;

/// <summary>Pages that each hold a balance, twice, and pages of whose balances the sum is kept elsewhere: a page that is older
/// than the others shows.</summary>
internal sealed unsafe class Books(byte* start, int pages)
{
    public const int PageBytes = 4096;
    private const int Copy = PageBytes - sizeof(long);

    /// <summary>What all bookings add up to.</summary>
    public long Total { get; private set; }

    public static byte* Allocate(int pages) => Clear((byte*)NativeMemory.AlignedAlloc((nuint)pages * PageBytes, PageBytes), pages);

    private static byte* Clear(byte* start, int pages)
    {
        NativeMemory.Clear(start, (nuint)pages * PageBytes);
        return start;
    }

    public void Book(int page, long amount)
    {
        byte* account = start + ((long)page * PageBytes);
        long balance = unchecked(*(long*)account + amount);
        *(long*)account = balance;
        *(long*)(account + Copy) = balance;
        Total = unchecked(Total + amount);
    }

    /// <summary>What is wrong, or null.</summary>
    public string? Fault()
    {
        long sum = 0;
        for (int page = 0; page < pages; page++)
        {
            byte* account = start + ((long)page * PageBytes);
            if (*(long*)account != *(long*)(account + Copy))
                return $"page {page} is torn";
            sum = unchecked(sum + *(long*)account);
        }

        return sum == Total ? null : $"the pages add up to {sum:x16}, not to {Total:x16}";
    }
}
