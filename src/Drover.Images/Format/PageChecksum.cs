using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Drover.Images.Format;

/// <summary>CRC-32C (Castagnoli, reflected, initial value and final xor all ones) of pages: an instruction on x86-64.</summary>
/// <remarks>Finds damage, not malice: whoever can write the page file can write the manifest too.</remarks>
internal static class PageChecksum
{
    private const int WordsPerPage = ImageFormat.PageBytes / sizeof(ulong);

    /// <summary>One checksum for each whole page of <paramref name="pages"/>.</summary>
    public static void Compute(ReadOnlySpan<byte> pages, Span<uint> checksums)
    {
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(pages);
        int page = 0;
        // The instruction takes three cycles and one can start each cycle: four pages at a time hide the wait.
        for (; page + 4 <= checksums.Length; page += 4)
            ComputeFour(words.Slice(page * WordsPerPage, 4 * WordsPerPage), checksums.Slice(page, 4));
        for (; page < checksums.Length; page++)
            checksums[page] = ComputeOne(words.Slice(page * WordsPerPage, WordsPerPage));
    }

    public static uint Compute(ReadOnlySpan<byte> page) => ComputeOne(MemoryMarshal.Cast<byte, ulong>(page));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static uint ComputeOne(ReadOnlySpan<ulong> words)
    {
        uint crc = uint.MaxValue;
        foreach (ulong word in words)
            crc = BitOperations.Crc32C(crc, word);
        return ~crc;
    }

    // Optimised at once: the first image of a node is as urgent as any.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ComputeFour(ReadOnlySpan<ulong> words, Span<uint> checksums)
    {
        ReadOnlySpan<ulong> second = words.Slice(WordsPerPage, WordsPerPage);
        ReadOnlySpan<ulong> third = words.Slice(2 * WordsPerPage, WordsPerPage);
        ReadOnlySpan<ulong> fourth = words.Slice(3 * WordsPerPage, WordsPerPage);
        uint a = uint.MaxValue, b = uint.MaxValue, c = uint.MaxValue, d = uint.MaxValue;
        for (int i = 0; i < WordsPerPage; i++)
        {
            a = BitOperations.Crc32C(a, words[i]);
            b = BitOperations.Crc32C(b, second[i]);
            c = BitOperations.Crc32C(c, third[i]);
            d = BitOperations.Crc32C(d, fourth[i]);
        }

        checksums[0] = ~a;
        checksums[1] = ~b;
        checksums[2] = ~c;
        checksums[3] = ~d;
    }
}
