using System.Buffers;
using System.Collections.Concurrent;
using ZstdSharp;

namespace Drover.Images.Compression;

/// <summary>Reads whole pages of a compressed content file. What a chunk may become is known beforehand, so that no chunk can take more memory than
/// that. Any thread may read.</summary>
/// <param name="path">Of the file, for messages.</param>
/// <param name="chunks">Where what is.</param>
/// <param name="read">Reads bytes of the file: where they go, and their offset.</param>
internal sealed class ChunkReader(string path, ChunkTable chunks, ReadBytes read) : IDisposable
{
    private readonly ConcurrentBag<Decompressor> _idle = [];

    public void Read(int firstPage, Span<byte> destination)
    {
        byte[] packed = ArrayPool<byte>.Shared.Rent(ChunkTable.MostBytes);
        byte[] content = ArrayPool<byte>.Shared.Rent(ChunkTable.MostBytes);
        try
        {
            while (!destination.IsEmpty)
            {
                int inChunk = firstPage % ChunkTable.Pages * ImageFormat.PageBytes;
                ReadOnlySpan<byte> pages = Unpack(firstPage / ChunkTable.Pages, packed, content)[inChunk..];
                int length = Math.Min(pages.Length, destination.Length);
                pages[..length].CopyTo(destination);
                destination = destination[length..];
                firstPage += length / ImageFormat.PageBytes;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(packed);
            ArrayPool<byte>.Shared.Return(content);
        }
    }

    public void Dispose()
    {
        while (_idle.TryTake(out Decompressor? decompressor))
            decompressor.Dispose();
    }

    private ReadOnlySpan<byte> Unpack(int chunk, byte[] packed, byte[] content)
    {
        (long offset, int length, int contentBytes) = chunks.Find(chunk);
        read(packed.AsSpan(0, length), offset);
        if (length == contentBytes)
            return packed.AsSpan(0, length);
        if (!_idle.TryTake(out Decompressor? decompressor))
            decompressor = new Decompressor();
        try
        {
            if (decompressor.TryUnwrap(packed.AsSpan(0, length), content.AsSpan(0, contentBytes), out int written) && written == contentBytes)
                return content.AsSpan(0, contentBytes);
        }
        catch (ZstdException)
        {
            // Not a frame, or a damaged one: told below.
        }
        finally
        {
            _idle.Add(decompressor);
        }

        throw new ImageFormatException(path, offset, $"chunk {chunk}", $"a Zstandard frame of {contentBytes} bytes", "something else");
    }
}

/// <summary>Fills the destination from an offset of a file.</summary>
internal delegate void ReadBytes(Span<byte> destination, long offset);
