namespace Drover.Linux.Memory;

/// <summary>Pages of x86-64.</summary>
internal static class PageMath
{
    public const ulong PageBytes = 4096;

    /// <summary>End of the address space of a process with 4-level page tables (one guard page below 2^47).</summary>
    public const ulong UserEnd = 0x7fff_ffff_f000;

    /// <summary>Lowest address that vm.mmap_min_addr lets everybody map.</summary>
    public const ulong UserStart = 0x10000;

    public static bool IsAligned(ulong address) => address % PageBytes == 0;

    public static ulong RoundUp(ulong bytes) => checked(bytes + PageBytes - 1) & ~(PageBytes - 1);
}
