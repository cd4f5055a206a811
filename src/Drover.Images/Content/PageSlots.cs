using System.Runtime.InteropServices;
using Drover.Platform;

namespace Drover.Images.Content;

/// <summary>What an image has of one page. Between the first and the last of them, those that are known.</summary>
internal enum SlotState
{
    None = 0,
    Zero,
    Inherited,
    Stored,

    /// <summary>The page has a place in the file, and what lies there is old.</summary>
    Stale,
}

/// <summary>State and place of a page in the content file.</summary>
internal readonly record struct PageSlot(SlotState State, int FilePage = 0)
{
    public bool HasFilePage => State is SlotState.Stored or SlotState.Stale;

}

/// <summary>A slot for each page of an address space, of which few are used: a word for each page of those pieces of 2 MiB that are.</summary>
internal sealed class PageSlots
{
    private const int PieceBits = 21;
    private const int PieceBytes = 1 << PieceBits;
    private const int PiecePages = PieceBytes / ImageFormat.PageBytes;
    private const int StateShift = 28;
    private const uint FirstKnown = (uint)SlotState.Zero << StateShift;
    private const uint LastKnown = ((uint)SlotState.Stale << StateShift) - 1;

    private readonly Dictionary<ulong, uint[]> _pieces = [];

    public PageSlot this[ulong address]
    {
        get => _pieces.TryGetValue(address >> PieceBits, out uint[]? piece) ? Decode(piece[IndexOf(address)]) : default;
        set
        {
            ref uint[]? piece = ref CollectionsMarshal.GetValueRefOrAddDefault(_pieces, address >> PieceBits, out _);
            (piece ??= new uint[PiecePages])[IndexOf(address)] = Encode(value);
        }
    }

    /// <summary>Gives each page of a run the slot that follows from the one it has.</summary>
    public void Update(PageRun run, Func<PageSlot, PageSlot> change)
    {
        for (ulong at = run.Address; at < run.End;)
        {
            ulong end = Math.Min(run.End, ((at >> PieceBits) + 1) << PieceBits);
            if (!_pieces.TryGetValue(at >> PieceBits, out uint[]? piece) && change(default) != default)
                _pieces.Add(at >> PieceBits, piece = new uint[PiecePages]);
            foreach (ref uint word in piece.AsSpan(piece is null ? 0 : IndexOf(at), piece is null ? 0 : (int)((end - at) / ImageFormat.PageBytes)))
                word = Encode(change(Decode(word)));
            at = end;
        }
    }

    /// <summary>Adds those pages of a run whose content is not known; quick, since a component waits for it.</summary>
    public void AddUnknown(PageRun run, List<PageRun> unknown)
    {
        for (ulong at = run.Address; at < run.End;)
        {
            ulong end = Math.Min(run.End, ((at >> PieceBits) + 1) << PieceBits);
            if (!_pieces.TryGetValue(at >> PieceBits, out uint[]? piece))
            {
                PageRuns.Append(unknown, at, end);
                at = end;
                continue;
            }

            while (at < end)
            {
                ReadOnlySpan<uint> rest = piece.AsSpan(IndexOf(at), (int)((end - at) / ImageFormat.PageBytes));
                int index = rest.IndexOfAnyExceptInRange(FirstKnown, LastKnown);
                if (index < 0)
                    break;
                at += (ulong)index * ImageFormat.PageBytes;
                PageRuns.Append(unknown, at, at + ImageFormat.PageBytes);
                at += ImageFormat.PageBytes;
            }

            at = end;
        }
    }

    /// <summary>Calls back for each page that has a slot, ascending. The slots may be changed meanwhile.</summary>
    public void ForEach(Action<ulong, PageSlot> use)
    {
        ulong[] numbers = [.. _pieces.Keys];
        Array.Sort(numbers);
        foreach (ulong number in numbers)
        {
            uint[] piece = _pieces[number];
            for (int i = 0; i < piece.Length; i++)
            {
                if (piece[i] != 0)
                    use((number << PieceBits) + ((ulong)i * ImageFormat.PageBytes), Decode(piece[i]));
            }
        }
    }

    private static int IndexOf(ulong address) => (int)(address & (PieceBytes - 1)) / ImageFormat.PageBytes;

    private static uint Encode(PageSlot slot) => ((uint)slot.State << StateShift) | (uint)slot.FilePage;

    private static PageSlot Decode(uint word) => new((SlotState)(word >> StateShift), (int)(word & ((1u << StateShift) - 1)));
}
