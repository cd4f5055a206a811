using System.Buffers.Binary;
using Drover.Contracts.Abi;
using Drover.Platform;

namespace Drover.Monitor.Tables;

/// <summary>
/// The monitor's own copy of a component's tables. The original is written by the component, so nothing is decided by
/// looking at it: it is copied once and only the copy is read. Only pages that were ever touched are kept.
/// </summary>
internal sealed class TableCopy
{
    public const int PageBytes = 4096;

    private const int PageCount = (int)(TableLayout.TotalBytes / PageBytes);
    private const int GroupPages = 256;

    /// <summary>In groups, nearly all of which are empty: room for all pages at once would be a large object in every pause.</summary>
    private readonly byte[]?[]?[] _groups = new byte[]?[]?[(PageCount + GroupPages - 1) / GroupPages];

    private TableCopy()
    {
    }

    /// <summary>Indices of the pages that are there, ascending.</summary>
    public IEnumerable<int> PopulatedPages
    {
        get
        {
            for (int group = 0; group < _groups.Length; group++)
            {
                if (_groups[group] is not { } pages)
                    continue;
                for (int page = 0; page < GroupPages; page++)
                {
                    if (pages[page] is not null)
                        yield return (group * GroupPages) + page;
                }
            }
        }
    }

    /// <summary>Copies the tables out of their dataspace.</summary>
    public static TableCopy Take(ISharedMemory memory)
    {
        if (memory.LengthBytes != (ulong)TableLayout.TotalBytes)
            throw new TableFormatException("table dataspace", $"{TableLayout.TotalBytes} bytes", $"{memory.LengthBytes}");
        TableCopy copy = new();
        foreach ((ulong offset, ulong length) in memory.PopulatedRanges())
            copy.CopyIn(memory, offset, length);
        return copy;
    }

    /// <summary>Takes the tables as pages read from an image; offsets are page aligned.</summary>
    public static TableCopy Of(IEnumerable<(ulong OffsetBytes, byte[] Page)> pages)
    {
        TableCopy copy = new();
        foreach ((ulong offset, byte[] page) in pages)
        {
            if (offset % PageBytes != 0 || offset >= (ulong)TableLayout.TotalBytes || page.Length != PageBytes)
                throw new TableFormatException($"table page at offset {offset}", "a page within the dataspace", $"{page.Length} bytes");
            copy.Slot((long)offset / PageBytes) = page;
        }

        return copy;
    }

    /// <summary>Writes all pages into the dataspace of a component that has not started yet.</summary>
    public void WriteTo(ISharedMemory memory)
    {
        foreach (int page in PopulatedPages)
            Page(page).CopyTo(memory.Span((ulong)page * PageBytes, PageBytes));
    }

    public uint ReadUInt32(long offset) =>
        Page(offset / PageBytes) is { } page
            ? BinaryPrimitives.ReadUInt32LittleEndian(page.AsSpan((int)(offset % PageBytes)))
            : 0;

    public ulong ReadUInt64(long offset) =>
        Page(offset / PageBytes) is { } page
            ? BinaryPrimitives.ReadUInt64LittleEndian(page.AsSpan((int)(offset % PageBytes)))
            : 0;

    public void WriteUInt64(long offset, ulong value)
    {
        byte[] page = Slot(offset / PageBytes) ??= new byte[PageBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(page.AsSpan((int)(offset % PageBytes)), value);
    }

    private byte[]? Page(long index) => _groups[index / GroupPages]?[index % GroupPages];

    private ref byte[]? Slot(long index) => ref (_groups[index / GroupPages] ??= new byte[]?[GroupPages])[index % GroupPages];

    private void CopyIn(ISharedMemory memory, ulong offset, ulong length)
    {
        ulong first = offset / PageBytes;
        ulong end = Math.Min((offset + length + PageBytes - 1) / PageBytes, (ulong)PageCount);
        for (ulong page = first; page < end; page++)
            Slot((long)page) = memory.Span(page * PageBytes, PageBytes).ToArray();
    }
}
