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
        if (address % ImageFormat.PageBytes != 0 || pages.Length % ImageFormat.PageBytes != 0)
            throw new ArgumentException($"0x{address:x}, {pages.Length} bytes, are no whole pages.", nameof(pages));
        CheckOpen();
        Span<bool> isSame = Compare(address, pages, compare);
        int first = 0;
        int count = 0;
        for (int i = 0; i < isSame.Length; i++)
        {
            ReadOnlySpan<byte> page = pages.Slice(i * ImageFormat.PageBytes, ImageFormat.PageBytes);
            ulong at = address + ((ulong)i * ImageFormat.PageBytes);
            PageSlot slot = _slots[at];
            SlotState state = isSame[i] ? SlotState.Inherited : page.ContainsAnyExcept((byte)0) ? SlotState.Stored : SlotState.Zero;
            int filePage = state == SlotState.Stored ? slot.HasFilePage ? slot.FilePage : _writer.TakeFilePage() : 0;
            if (state != SlotState.Stored && slot.HasFilePage)
                _writer.FreeFilePage(slot.FilePage);
            _slots[at] = new PageSlot(state, filePage);
            if (count > 0 && (state != SlotState.Stored || filePage != first + count))
            {
                _writer.WriteFilePages(first, pages.Slice((i - count) * ImageFormat.PageBytes, count * ImageFormat.PageBytes));
                count = 0;
            }

            if (state != SlotState.Stored)
                continue;
            if (count++ == 0)
                first = filePage;
        }

        if (count > 0)
            _writer.WriteFilePages(first, pages[^(count * ImageFormat.PageBytes)..]);
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
        _slots.ForEach((address, slot) =>
        {
            if (slot.State == SlotState.Stale)
                throw new InvalidOperationException($"The page at 0x{address:x} was not written.");
        });
        Owner = owner;
        HasEnded = true;
    }

    /// <summary>Gives each page that is in the image, ascending.</summary>
    internal void ForEach(Action<ulong, SegmentKind, int> use) => _slots.ForEach((address, slot) => use(address, KindOf(slot.State), slot.FilePage));

    /// <summary>Gives stored pages from a place in the file on another place.</summary>
    internal void Relocate(int firstFilePage, Func<int, int> move) => _slots.ForEach((address, slot) =>
    {
        if (slot.HasFilePage && slot.FilePage >= firstFilePage)
            _slots[address] = slot with { FilePage = move(slot.FilePage) };
    });

    private void DropAllBut(IReadOnlyList<PageRun> pages)
    {
        int next = 0;
        _slots.ForEach((address, slot) =>
        {
            while (next < pages.Count && pages[next].End <= address)
                next++;
            if (next < pages.Count && pages[next].Address <= address)
                return;
            if (slot.HasFilePage)
                _writer.FreeFilePage(slot.FilePage);
            _slots[address] = default;
        });
    }

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
            _slots.Update(run, slot =>
            {
                if (!slot.HasFilePage)
                    return now;
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
