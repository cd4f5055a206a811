using System.Runtime.InteropServices;

namespace Drover.Scenarios;

/// <summary>Damage that shows only when the page is read.</summary>
internal static class SpoiledImage
{
    /// <summary>Turns a bit of a page in the middle of the own memory of a Laggard.</summary>
    public static void Spoil(string pages)
    {
        using FileStream file = new(pages, FileMode.Open);
        byte[] page = new byte[4096];
        for (long at = file.Length / 2 & ~4095L; ; at += page.Length)
        {
            file.Position = at;
            file.ReadExactly(page);
            Span<ulong> words = MemoryMarshal.Cast<byte, ulong>(page.AsSpan());
            if (words[0] >> 40 != 1 || words.IndexOfAnyExcept(words[0]) >= 0)
                continue;
            page[17] ^= 4;
            file.Position = at;
            file.Write(page);
            return;
        }
    }
}
