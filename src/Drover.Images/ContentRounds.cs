using Drover.Images.Content;
using Drover.Images.Format;
using Drover.Platform;

namespace Drover.Images;

/// <summary>
/// Content of one owner that changes while it is written, in rounds: a page that is written again takes the place of what was
/// written before, and what is gone at the end is not in the image. Not thread safe.
/// </summary>
public sealed class ContentRounds
{
    private readonly ContentWriter _writer;
    private readonly ParentPages? _parent;
    private readonly PageSlots _slots = new();
    private bool[] _isSame = [];

    internal ContentRounds(ContentWriter writer, ParentPages? parent)
    {
        _writer = writer;
        _parent = parent;
    }

    internal uint Owner { get; private set; }

    internal bool HasEnded { get; private set; }

    /// <summary>Notes that pages are as they are in the parent image.</summary>
    public void Inherit(IReadOnlyList<PageRun> pages) => Set(pages, new PageSlot(SlotState.Inherited), isGone: true);

    /// <summary>Notes that all pages are as they are in the parent image.</summary>
    public void InheritAll()
    {
        if (_parent is not null)
            Inherit(_parent.Runs);
    }

    /// <summary>Notes that nothing is known any more, and that no other pages than these are there.</summary>
    public void ForgetAll(IReadOnlyList<PageRun> pages)
    {
        ArgumentNullException.ThrowIfNull(pages);
        CheckOpen();
        DropAllBut(pages);
        _slots.ForEach((address, slot) => _slots[address] = slot.HasFilePage ? slot with { State = SlotState.Stale } : default);
    }

    /// <summary>Notes that pages were written, so that what is known of them is old, until they are written here.</summary>
    public void Forget(IReadOnlyList<PageRun> pages) => Set(pages, new PageSlot(SlotState.None), isGone: false);

    /// <summary>Notes that pages are not there.</summary>
    public void Drop(IReadOnlyList<PageRun> pages) => Set(pages, new PageSlot(SlotState.None), isGone: true);

    /// <summary>Writes whole pages.</summary>
    /// <param name="address">Of the first.</param>
    /// <param name="pages">Their content.</param>
    /// <param name="compare">Whether a page that the parent image has with this content is inherited instead.</param>
    public void Write(ulong address, ReadOnlySpan<byte> pages, bool compare = false)
    {
        CheckOpen();
        FilePages waiting = new(_writer, pages);
        Place(address, pages, 0, compare, ref waiting);
        waiting.Write();
    }

    /// <summary>Writes whole pages from many places, as few pieces of the file as can be.</summary>
    /// <param name="runs">Where they are.</param>
    /// <param name="content">Of one run after another.</param>
    /// <param name="compare">Whether a page that the parent image has with this content is inherited instead.</param>
    public void Write(IReadOnlyList<PageRun> runs, ReadOnlySpan<byte> content, bool compare = false)
    {
        ArgumentNullException.ThrowIfNull(runs);
        CheckOpen();
        FilePages waiting = new(_writer, content);
        int offset = 0;
        foreach (PageRun run in runs)
        {
            Place(run.Address, content.Slice(offset, checked((int)run.LengthBytes)), offset, compare, ref waiting);
            offset += (int)run.LengthBytes;
        }

        waiting.Write();
    }

    /// <summary>Those of the pages that are neither inherited nor written here since they were forgotten.</summary>
    public IReadOnlyList<PageRun> Missing(IReadOnlyList<PageRun> pages)
    {
        ArgumentNullException.ThrowIfNull(pages);
        List<PageRun> missing = [];
        foreach (PageRun run in pages)
            _slots.AddUnknown(run, missing);
        return missing;
    }

    /// <summary>Ends the rounds: of all pages only these are in the image.</summary>
    /// <exception cref="InvalidOperationException">One of them is missing.</exception>
    public void Keep(IReadOnlyList<PageRun> pages)
    {
        ArgumentNullException.ThrowIfNull(pages);
        CheckOpen();
        if (Missing(pages) is [{ } missing, ..])
            throw new InvalidOperationException($"The page at 0x{missing.Address:x} was not written.");
        HasEnded = true;
        DropAllBut(pages);
    }

    /// <summary>Ends the rounds of a dataspace: all pages that are known are in the image.</summary>
    /// <exception cref="InvalidOperationException">One was written and is not known.</exception>
    internal void KeepKnown(uint owner)
    {
        CheckOpen();
        _slots.ForEachRun((run, slot) =>
        {
            if (slot.State == SlotState.Stale)
                throw new InvalidOperationException($"The page at 0x{run.Address:x} was not written.");
        });
        Owner = owner;
        HasEnded = true;
    }

    /// <summary>Gives the pages that are in the image, ascending: neighbours of one kind at once, but each that is stored by itself.</summary>
    internal void ForEachRun(Action<PageRun, SegmentKind, int> use) => _slots.ForEachRun((run, slot) => use(run, KindOf(slot.State), slot.FilePage));

    /// <summary>Gives stored pages from a place in the file on another place.</summary>
    internal void Relocate(int firstFilePage, Func<int, int> move) => _slots.ForEach((address, slot) =>
    {
        if (slot.HasFilePage && slot.FilePage >= firstFilePage)
            _slots[address] = slot with { FilePage = move(slot.FilePage) };
    });

    /// <summary>Gives pages their slots, and those that are stored to be written.</summary>
    private void Place(ulong address, ReadOnlySpan<byte> pages, int offset, bool compare, ref FilePages waiting)
    {
        if (address % ImageFormat.PageBytes != 0 || pages.Length % ImageFormat.PageBytes != 0)
            throw new ArgumentException($"0x{address:x}, {pages.Length} bytes, are no whole pages.", nameof(pages));
        Span<bool> isSame = Compare(address, pages, compare);
        for (int i = 0; i < isSame.Length; i++)
        {
            int at = i * ImageFormat.PageBytes;
            PageSlot slot = _slots[address + (ulong)at];
            SlotState state = isSame[i] ? SlotState.Inherited
                : pages.Slice(at, ImageFormat.PageBytes).ContainsAnyExcept((byte)0) ? SlotState.Stored : SlotState.Zero;
            int filePage = state == SlotState.Stored ? slot.HasFilePage ? slot.FilePage : _writer.TakeFilePage() : 0;
            if (state == SlotState.Stored)
                waiting.Add(filePage, offset + at);
            else if (slot.HasFilePage)
                _writer.FreeFilePage(slot.FilePage);
            _slots[address + (ulong)at] = new PageSlot(state, filePage);
        }
    }

    private void DropAllBut(IReadOnlyList<PageRun> pages) => _slots.ClearAllBut(pages, _writer.FreeFilePage);

    private static SegmentKind KindOf(SlotState state) => state switch
    {
        SlotState.Stored => SegmentKind.Stored,
        SlotState.Zero => SegmentKind.Zero,
        _ => SegmentKind.Inherited,
    };

    private Span<bool> Compare(ulong address, ReadOnlySpan<byte> pages, bool compare)
    {
        int count = pages.Length / ImageFormat.PageBytes;
        if (_isSame.Length < count)
            _isSame = new bool[count];
        Span<bool> isSame = _isSame.AsSpan(0, count);
        if (compare && _parent is not null)
            _parent.Compare(address, pages, isSame);
        else
            isSame.Clear();
        return isSame;
    }

    private void Set(IReadOnlyList<PageRun> pages, PageSlot now, bool isGone)
    {
        ArgumentNullException.ThrowIfNull(pages);
        CheckOpen();
        foreach (PageRun run in pages)
        {
            _slots.Set(run, now, slot =>
            {
                if (!isGone)
                    return slot with { State = SlotState.Stale };
                _writer.FreeFilePage(slot.FilePage);
                return now;
            });
        }
    }

    private void CheckOpen()
    {
        if (HasEnded)
            throw new InvalidOperationException("The rounds have ended.");
    }
}
