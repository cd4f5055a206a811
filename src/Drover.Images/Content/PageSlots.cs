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
    private const uint FirstWithPlace = (uint)SlotState.Stored << StateShift;
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

    /// <summary>Gives all pages of a run one slot.</summary>
    /// <param name="run">The pages.</param>
    /// <param name="now">A slot without a place in the file.</param>
    /// <param name="replace">What a page with a place in the file gets instead.</param>
    public void Set(PageRun run, PageSlot now, Func<PageSlot, PageSlot> replace)
    {
        uint word = Encode(now);
        for (ulong at = run.Address; at < run.End;)
        {
            ulong end = Math.Min(run.End, ((at >> PieceBits) + 1) << PieceBits);
            if (!_pieces.TryGetValue(at >> PieceBits, out uint[]? piece) && now != default)
                _pieces.Add(at >> PieceBits, piece = new uint[PiecePages]);
            if (piece is not null)
                Fill(piece.AsSpan(IndexOf(at), (int)((end - at) / ImageFormat.PageBytes)), word, replace);
            at = end;
        }
    }

    /// <summary>Takes the slots of all pages but those of some runs.</summary>
    /// <param name="kept">Ascending.</param>
    /// <param name="free">Is told of each place in the file.</param>
    public void ClearAllBut(IReadOnlyList<PageRun> kept, Action<int> free)
    {
        PageSlot Free(PageSlot slot)
        {
            free(slot.FilePage);
            return default;
        }

        int next = 0;
        foreach (ulong number in Numbers())
        {
            ulong at = number << PieceBits;
            ulong end = at + PieceBytes;
            Span<uint> piece = _pieces[number];
            while (next < kept.Count && kept[next].End <= at)
                next++;
            for (int i = next; at < end; i++)
            {
                ulong gapEnd = i < kept.Count ? Math.Min(end, kept[i].Address) : end;
                if (gapEnd > at)
                    Fill(piece.Slice(IndexOf(at), (int)((gapEnd - at) / ImageFormat.PageBytes)), 0, Free);
                at = i < kept.Count ? Math.Max(at, kept[i].End) : end;
            }
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
        foreach (ulong number in Numbers())
        {
            uint[] piece = _pieces[number];
            for (int i = 0; i < piece.Length; i++)
            {
                if (piece[i] != 0)
                    use((number << PieceBits) + ((ulong)i * ImageFormat.PageBytes), Decode(piece[i]));
            }
        }
    }

    /// <summary>Calls back for pages that have a slot, ascending: once for neighbours that have the same, and for each that has a place
    /// in the file.</summary>
    public void ForEachRun(Action<PageRun, PageSlot> use)
    {
        foreach (ulong number in Numbers())
        {
            ReadOnlySpan<uint> piece = _pieces[number];
            for (int i = 0; i < piece.Length;)
            {
                PageSlot slot = Decode(piece[i]);
                int same = slot.HasFilePage ? 1 : piece[i..].IndexOfAnyExcept(piece[i]);
                int count = same < 0 ? piece.Length - i : same;
                if (slot != default)
                    use(new PageRun((number << PieceBits) + ((ulong)i * ImageFormat.PageBytes), (ulong)count * ImageFormat.PageBytes), slot);
                i += count;
            }
        }
    }

    private ulong[] Numbers()
    {
        ulong[] numbers = [.. _pieces.Keys];
        Array.Sort(numbers);
        return numbers;
    }

    private static void Fill(Span<uint> words, uint word, Func<PageSlot, PageSlot> replace)
    {
        while (true)
        {
            int place = words.IndexOfAnyInRange(FirstWithPlace, uint.MaxValue);
            if (place < 0)
                break;
            words[..place].Fill(word);
            words[place] = Encode(replace(Decode(words[place])));
            words = words[(place + 1)..];
        }

        words.Fill(word);
    }

    private static int IndexOf(ulong address) => (int)(address & (PieceBytes - 1)) / ImageFormat.PageBytes;

    private static uint Encode(PageSlot slot) => ((uint)slot.State << StateShift) | (uint)slot.FilePage;

    private static PageSlot Decode(uint word) => new((SlotState)(word >> StateShift), (int)(word & ((1u << StateShift) - 1)));
}
