using Drover.Images.Format;

namespace Drover.Images.Content;

// Content that changes while it is written. Its pages lie in the file in the order in which they were first written; a page that is
// written again takes its old place, and what became free is given to others or, at the end, filled from the end of the file.
internal sealed partial class ContentWriter
{
    private readonly List<ContentRounds> _rounds = [];
    private readonly Stack<int> _freePages = new();

    public ContentRounds BeginRounds(ParentPages? parent)
    {
        ContentRounds rounds = new(this, parent);
        _rounds.Add(rounds);
        return rounds;
    }

    /// <summary>A page of the file that nobody has.</summary>
    internal int TakeFilePage()
    {
        if (_freePages.TryPop(out int free))
            return free;
        Reserve(1);
        return _storedPages++;
    }

    internal void FreeFilePage(int filePage) => _freePages.Push(filePage);

    /// <summary>Writes pages that lie one behind another in the file.</summary>
    internal void WriteFilePages(int first, ReadOnlySpan<byte> content)
    {
        PageChecksum.Compute(content, _checksums.AsSpan(first, content.Length / ImageFormat.PageBytes));
        Storage.WriteAt(Path, _file.SafeFileHandle, content, (long)first * ImageFormat.PageBytes);
    }

    /// <summary>Notes where the content of the rounds lies at last; before anything else is written.</summary>
    private void SettleRounds()
    {
        if (_rounds.Count == 0)
            return;
        if (_rounds.Find(rounds => !rounds.HasEnded) is not null)
            throw new InvalidOperationException("The rounds have not ended.");
        FillGaps();
        foreach (ContentRounds rounds in _rounds)
        {
            _owner = rounds.Owner;
            rounds.ForEachRun((run, kind, filePage) => Extend(kind, run.Address, filePage, run.LengthBytes / ImageFormat.PageBytes));
        }

        _rounds.Clear();
    }

    /// <summary>Moves pages from the end of the file to where none are.</summary>
    private void FillGaps()
    {
        if (_freePages.Count == 0)
            return;
        int used = _storedPages - _freePages.Count;
        Stack<int> gaps = new(_freePages.Where(page => page < used).OrderDescending());
        byte[] page = new byte[ImageFormat.PageBytes];
        foreach (ContentRounds rounds in _rounds)
        {
            rounds.Relocate(used, from =>
            {
                int to = gaps.Pop();
                Storage.ReadAt(Path, _file.SafeFileHandle, page, (long)from * ImageFormat.PageBytes);
                WriteFilePages(to, page);
                return to;
            });
        }

        _freePages.Clear();
        _storedPages = used;
        RandomAccess.SetLength(_file.SafeFileHandle, (long)used * ImageFormat.PageBytes);
    }
}
