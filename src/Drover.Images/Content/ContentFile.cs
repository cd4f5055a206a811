using Drover.Images.Compression;
using Drover.Images.Format;
using Microsoft.Win32.SafeHandles;

namespace Drover.Images.Content;

/// <summary>Reads pages of a content file and compares each with its checksum. Any thread may read.</summary>
internal sealed class ContentFile : IDisposable
{
    /// <summary>What is read at once: still in the CPU's cache when it is summed.</summary>
    private const int ChunkPages = 64;

    private readonly string _path;
    private readonly SafeFileHandle _file;
    private readonly uint[] _checksums;
    private readonly ChunkReader? _chunks;

    /// <param name="path">Of the file, for messages.</param>
    /// <param name="file">The file, which is this one's from here on.</param>
    /// <param name="checksums">Of its pages.</param>
    /// <param name="chunks">Where its chunks are; null if it is not compressed.</param>
    public ContentFile(string path, SafeFileHandle file, uint[] checksums, ChunkTable? chunks = null)
    {
        _path = path;
        _file = file;
        _checksums = checksums;
        _chunks = chunks is null ? null : new ChunkReader(path, chunks, ReadBytes);
    }

    /// <summary>Of the file.</summary>
    public long LengthBytes { get; init; }

    public void Dispose()
    {
        _file.Dispose();
        _chunks?.Dispose();
    }

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

    /// <summary>Reads all pages, for their _checksums only.</summary>
    public void Verify(CancellationToken cancel)
    {
        byte[] chunk = GC.AllocateUninitializedArray<byte>(ChunkPages * ImageFormat.PageBytes);
        for (int page = 0; page < _checksums.Length; page += ChunkPages)
        {
            cancel.ThrowIfCancellationRequested();
            int pages = Math.Min(ChunkPages, _checksums.Length - page);
            ReadPages(page, chunk.AsSpan(0, pages * ImageFormat.PageBytes));
        }
    }

    private void ReadPages(int firstPage, Span<byte> destination)
    {
        long offset = (long)firstPage * ImageFormat.PageBytes;
        if (_chunks is not null)
            _chunks.Read(firstPage, destination);
        else
            ReadBytes(destination, offset);
        int pages = destination.Length / ImageFormat.PageBytes;
        Span<uint> found = stackalloc uint[ChunkPages];
        found = found[..pages];
        PageChecksum.Compute(destination, found);
        int wrong = found.CommonPrefixLength(_checksums.AsSpan(firstPage, pages));
        if (wrong == pages)
            return;
        destination.Clear();
        throw new ImageFormatException(_path, offset + ((long)wrong * ImageFormat.PageBytes), "CRC-32C of the page",
            $"{_checksums[firstPage + wrong]:x8}", $"{found[wrong]:x8}");
    }

    private void ReadBytes(Span<byte> destination, long offset)
    {
        for (int at = 0; at < destination.Length;)
        {
            int got = ReadSome(offset + at, destination[at..]);
            if (got == 0)
                throw new ImageFormatException(_path, offset + at, "content", $"{destination.Length - at} bytes more", "the end of the file");
            at += got;
        }
    }

    private int ReadSome(long offset, Span<byte> destination)
    {
        try
        {
            return RandomAccess.Read(_file, destination, offset);
        }
        catch (IOException exception)
        {
            throw new ImageStorageException(_path, $"cannot be read: {exception.Message}", exception);
        }
    }
}
