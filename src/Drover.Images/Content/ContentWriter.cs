using System.Buffers;
using Drover.Images.Compression;
using Drover.Images.Format;
using Drover.Platform;
using Microsoft.Win32.SafeHandles;

namespace Drover.Images.Content;

/// <summary>Writes one content file: gathers pages into batches, leaves out zeros, sums what it writes.</summary>
internal sealed partial class ContentWriter(string path, FileStream file) : IDisposable
{
    private FileStream _file = file;

    /// <summary>Large enough for few system calls, small enough to stay in the CPU's cache from reading to writing.</summary>
    private const int BatchPages = 128;

    private byte[]? _batch = ArrayPool<byte>.Shared.Rent(BatchPages * ImageFormat.PageBytes);
    private readonly ulong[] _addresses = new ulong[BatchPages];
    private readonly List<Segment> _segments = [];
    private uint[] _checksums = [];
    private int _storedPages;
    private int _batchedPages;
    private uint _owner;

    public string Path { get; } = path;

    private byte[] Batch => _batch ?? throw new ObjectDisposedException(nameof(ContentWriter));

    /// <summary>Writes all pages of the source as the content of the owner, and notes what it inherits.</summary>
    public void Write(uint owner, IPageSource source, IReadOnlyList<PageRun> inherited, CancellationToken cancel)
    {
        SettleRounds();
        _owner = owner;
        int first = _segments.Count;
        ulong previousEnd = 0;
        foreach (PageRun run in source.Runs)
        {
            if (run.Address % ImageFormat.PageBytes != 0 || run.LengthBytes % ImageFormat.PageBytes != 0 || run.Address < previousEnd)
                throw new ArgumentException($"Run 0x{run.Address:x}, {run.LengthBytes} bytes, is not page aligned or not ascending.", nameof(source));
            for (ulong address = run.Address; address < run.End;)
            {
                cancel.ThrowIfCancellationRequested();
                int pages = (int)Math.Min((run.End - address) / ImageFormat.PageBytes, (ulong)(BatchPages - _batchedPages));
                Fill(source, address, pages);
                address += (ulong)pages * ImageFormat.PageBytes;
                if (_batchedPages == BatchPages)
                    WriteBatch();
            }

            previousEnd = run.End;
        }

        WriteBatch();
        if (inherited.Count > 0)
            Inherit(first, inherited);
    }

    /// <summary>Of the file as it is now.</summary>
    public long FileBytes => RandomAccess.GetLength(_file.SafeFileHandle);

    /// <summary>Makes everything written durable.</summary>
    public void Flush() => RandomAccess.FlushToDisk(_file.SafeFileHandle);

    /// <summary>Compresses what was written; nothing can be written afterwards. Gives the bytes of each chunk.</summary>
    public int[] Compress(CancellationToken cancel)
    {
        SettleRounds();
        string packed = System.IO.Path.Combine(System.IO.Path.GetDirectoryName(Path)!, ImageFormat.PackedFile);
        FileStream target = Storage.Create(packed);
        try
        {
            using SafeFileHandle source = Storage.OpenRead(Path);
            int[] sizes = ChunkCompressor.Run(source, _storedPages, target.SafeFileHandle, cancel);
            File.Move(packed, Path, overwrite: true);
            _file.Dispose();
            _file = target;
            return sizes;
        }
        catch
        {
            target.Dispose();
            throw;
        }
    }

    public ContentIndex Index()
    {
        SettleRounds();
        return new([.. _segments], _checksums[.._storedPages]);
    }

    public void Dispose()
    {
        _file.Dispose();
        if (Interlocked.Exchange(ref _batch, null) is { } batch)
            ArrayPool<byte>.Shared.Return(batch);
    }

    /// <summary>Merges what is inherited into the owner's segments, which begin at an index; both ascend.</summary>
    private void Inherit(int first, IReadOnlyList<PageRun> inherited)
    {
        Segment[] written = [.. _segments[first..]];
        _segments.RemoveRange(first, written.Length);
        if (written.Length + inherited.Count > ImageLimits.Segments - first)
            throw new InvalidOperationException($"The memory is in more than {ImageLimits.Segments} pieces.");
        int next = 0;
        foreach (PageRun run in inherited)
        {
            while (next < written.Length && written[next].Address < run.Address)
                _segments.Add(written[next++]);
            ulong previousEnd = _segments.Count > first ? _segments[^1].End : 0;
            if (run.LengthBytes == 0 || run.Address < previousEnd || (next < written.Length && written[next].Address < run.End))
                throw new ArgumentException($"Run 0x{run.Address:x}, {run.LengthBytes} bytes, is empty, not ascending, or was written.", nameof(inherited));
            _segments.Add(new Segment(_owner, SegmentKind.Inherited, run.Address, run.LengthBytes / ImageFormat.PageBytes, 0));
        }

        _segments.AddRange(written[next..]);
    }

    private void Fill(IPageSource source, ulong address, int pages)
    {
        source.Read(address, Batch.AsSpan(_batchedPages * ImageFormat.PageBytes, pages * ImageFormat.PageBytes));
        for (int i = 0; i < pages; i++)
            _addresses[_batchedPages + i] = address + ((ulong)i * ImageFormat.PageBytes);
        _batchedPages += pages;
    }

    private void WriteBatch()
    {
        int stored = 0;
        for (int i = 0; i < _batchedPages; i++)
        {
            ReadOnlySpan<byte> page = Page(i);
            bool isZero = !page.ContainsAnyExcept((byte)0);
            Extend(isZero ? SegmentKind.Zero : SegmentKind.Stored, _addresses[i], _storedPages + stored);
            if (isZero)
                continue;
            if (stored != i)
                page.CopyTo(Page(stored));
            stored++;
        }

        _batchedPages = 0;
        if (stored == 0)
            return;
        Reserve(stored);
        ReadOnlySpan<byte> content = Batch.AsSpan(0, stored * ImageFormat.PageBytes);
        PageChecksum.Compute(content, _checksums.AsSpan(_storedPages, stored));
        RandomAccess.Write(_file.SafeFileHandle, content, (long)_storedPages * ImageFormat.PageBytes);
        _storedPages += stored;
    }

    private void Extend(SegmentKind kind, ulong address, int filePage, ulong pages = 1)
    {
        if (_segments.Count > 0)
        {
            Segment last = _segments[^1];
            bool follows = kind != SegmentKind.Stored || last.FileOffsetBytes + last.LengthBytes == (ulong)filePage * ImageFormat.PageBytes;
            if (last.Owner == _owner && last.Kind == kind && last.End == address && follows)
            {
                _segments[^1] = last with { PageCount = last.PageCount + pages };
                return;
            }
        }

        if (_segments.Count == ImageLimits.Segments)
            throw new InvalidOperationException($"The memory is in more than {ImageLimits.Segments} pieces.");
        ulong offset = kind == SegmentKind.Stored ? (ulong)filePage * ImageFormat.PageBytes : 0;
        _segments.Add(new Segment(_owner, kind, address, pages, offset));
    }

    private void Reserve(int pages)
    {
        int needed = _storedPages + pages;
        if (needed > ImageLimits.StoredPages)
            throw new InvalidOperationException($"The content is more than {ImageLimits.StoredPages} pages.");
        if (needed > _checksums.Length)
            Array.Resize(ref _checksums, Math.Max(needed, Math.Min(ImageLimits.StoredPages, Math.Max(4096, _checksums.Length * 2))));
    }

    private Span<byte> Page(int index) => Batch.AsSpan(index * ImageFormat.PageBytes, ImageFormat.PageBytes);
}
