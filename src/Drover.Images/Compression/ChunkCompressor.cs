using Microsoft.Win32.SafeHandles;
using ZstdSharp;

namespace Drover.Images.Compression;

/// <summary>Compresses a content file that is complete, chunk by chunk, into another.</summary>
internal static class ChunkCompressor
{
    /// <summary>The fastest of the ordinary levels: it is a component's memory, and somebody waits for it.</summary>
    private const int Level = 1;

    /// <summary>Gives the bytes of each chunk.</summary>
    /// <param name="source">The content file.</param>
    /// <param name="pageCount">Its pages.</param>
    /// <param name="target">An empty file.</param>
    /// <param name="cancel">Ends it.</param>
    public static int[] Run(SafeFileHandle source, int pageCount, SafeFileHandle target, CancellationToken cancel)
    {
        using var compressor = new Compressor(Level);
        byte[] content = GC.AllocateUninitializedArray<byte>(ChunkTable.MostBytes);
        byte[] packed = GC.AllocateUninitializedArray<byte>(Compressor.GetCompressBound(ChunkTable.MostBytes));
        var sizes = new int[ChunkTable.CountFor(pageCount)];
        long offset = 0;
        for (int chunk = 0; chunk < sizes.Length; chunk++)
        {
            cancel.ThrowIfCancellationRequested();
            Span<byte> pages = content.AsSpan(0, ChunkTable.PagesOf(chunk, pageCount) * ImageFormat.PageBytes);
            ReadWhole(source, pages, (long)chunk * ChunkTable.MostBytes);
            int length = compressor.Wrap(pages, packed);
            ReadOnlySpan<byte> shorter = length < pages.Length ? packed.AsSpan(0, length) : pages;
            RandomAccess.Write(target, shorter, offset);
            sizes[chunk] = shorter.Length;
            offset += shorter.Length;
        }

        return sizes;
    }

    private static void ReadWhole(SafeFileHandle file, Span<byte> destination, long offset)
    {
        while (!destination.IsEmpty)
        {
            int got = RandomAccess.Read(file, destination, offset);
            if (got == 0)
                throw new IOException("ended while it was compressed");
            destination = destination[got..];
            offset += got;
        }
    }
}
