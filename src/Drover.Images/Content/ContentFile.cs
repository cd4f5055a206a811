using Drover.Images.Format;
using Microsoft.Win32.SafeHandles;

namespace Drover.Images.Content;

/// <summary>Reads pages of a content file and compares each with its checksum. Any thread may read.</summary>
internal sealed class ContentFile(string path, SafeFileHandle file, uint[] checksums) : IDisposable
{
    /// <summary>What is read at once: still in the CPU's cache when it is summed.</summary>
    private const int ChunkPages = 64;

    public void Dispose() => file.Dispose();

    /// <summary>Fills the destination from the offset on; both may be anywhere in a page.</summary>
    public void Read(ulong offsetBytes, Span<byte> destination)
    {
        Span<byte> partial = stackalloc byte[ImageFormat.PageBytes];
        while (!destination.IsEmpty)
        {
            int inPage = (int)(offsetBytes % ImageFormat.PageBytes);
            int page = (int)(offsetBytes / ImageFormat.PageBytes);
            int done;
            if (inPage == 0 && destination.Length >= ImageFormat.PageBytes)
            {
                int pages = Math.Min(destination.Length / ImageFormat.PageBytes, ChunkPages);
                done = pages * ImageFormat.PageBytes;
                ReadPages(page, destination[..done]);
            }
            else
            {
                ReadPages(page, partial);
                done = Math.Min(ImageFormat.PageBytes - inPage, destination.Length);
                partial.Slice(inPage, done).CopyTo(destination);
            }

            offsetBytes += (ulong)done;
            destination = destination[done..];
        }
    }

    /// <summary>Reads all pages, for their checksums only.</summary>
    public void Verify(CancellationToken cancel)
    {
        byte[] chunk = GC.AllocateUninitializedArray<byte>(ChunkPages * ImageFormat.PageBytes);
        for (int page = 0; page < checksums.Length; page += ChunkPages)
        {
            cancel.ThrowIfCancellationRequested();
            int pages = Math.Min(ChunkPages, checksums.Length - page);
            ReadPages(page, chunk.AsSpan(0, pages * ImageFormat.PageBytes));
        }
    }

    private void ReadPages(int firstPage, Span<byte> destination)
    {
        long offset = (long)firstPage * ImageFormat.PageBytes;
        for (int at = 0; at < destination.Length;)
        {
            int got = ReadSome(offset + at, destination[at..]);
            if (got == 0)
                throw new ImageFormatException(path, offset + at, "content", $"{(long)checksums.Length * ImageFormat.PageBytes} bytes", "the end of the file");
            at += got;
        }

        int pages = destination.Length / ImageFormat.PageBytes;
        Span<uint> found = stackalloc uint[ChunkPages];
        found = found[..pages];
        PageChecksum.Compute(destination, found);
        int wrong = found.CommonPrefixLength(checksums.AsSpan(firstPage, pages));
        if (wrong == pages)
            return;
        destination.Clear();
        throw new ImageFormatException(path, offset + ((long)wrong * ImageFormat.PageBytes), "CRC-32C of the page",
            $"{checksums[firstPage + wrong]:x8}", $"{found[wrong]:x8}");
    }

    private int ReadSome(long offset, Span<byte> destination)
    {
        try
        {
            return RandomAccess.Read(file, destination, offset);
        }
        catch (IOException exception)
        {
            throw new ImageStorageException(path, $"cannot be read: {exception.Message}", exception);
        }
    }
}
