namespace Laggard;

/// <summary>Calls that the node answers, with addresses where there is no memory, or not enough: each is refused, and that is all.</summary>
internal static unsafe class Stray
{
    private const int Fault = 14; // EFAULT
    private const int StandardOutput = 1;
    private const int LongBytes = 100_000;

    public static void Call()
    {
        byte* hole = Linux.Map(3 * Linux.PageBytes);
        Linux.Unmap(hole + Linux.PageBytes, Linux.PageBytes);
        // One byte too many; no page at all; the kernel's; next to the end of everything.
        foreach (ulong address in (ReadOnlySpan<ulong>)[(ulong)hole + Linux.PageBytes - 1, (ulong)hole + Linux.PageBytes + 7, 0x10, 0x7fff_ffff_f001, long.MaxValue, ulong.MaxValue - 1])
        {
            (Linux.ErrorOfWrite(StandardOutput, (byte*)address, 2) == Fault).OrThrow($"a write from 0x{address:x} was not refused");
            (Linux.ErrorOfAnswer((byte*)address, 2) == Fault).OrThrow($"an answer at 0x{address:x} was not refused");
        }

        (Linux.ErrorOfWrite(StandardOutput, hole, LongBytes) == Fault).OrThrow("a write of more than there is was not refused");
        Linux.Unmap(hole, Linux.PageBytes);
        Linux.Unmap(hole + (2 * Linux.PageBytes), Linux.PageBytes);
    }
}
