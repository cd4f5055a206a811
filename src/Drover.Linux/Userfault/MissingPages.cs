using Drover.Platform;

namespace Drover.Linux.Userfault;

/// <summary>What of an address space is still to be filled. Ascending, without overlap. Not thread-safe.</summary>
internal sealed class MissingPages
{
    private readonly List<PageRun> _runs = [];

    /// <param name="runs">Ascending.</param>
    public MissingPages(IEnumerable<PageRun> runs)
    {
        foreach (PageRun run in runs)
        {
            _runs.Add(run);
            LengthBytes += run.LengthBytes;
        }
    }

    public ulong LengthBytes { get; private set; }

    public bool IsEmpty => _runs.Count == 0;

    /// <summary>Forgets what lies in a range: it is there, or is to be zero from now on.</summary>
    public void Remove(ulong start, ulong end)
    {
        int index = FirstEndingBehind(start);
        int behind = index;
        PageRun left = default;
        PageRun right = default;
        for (; behind < _runs.Count && _runs[behind].Address < end; behind++)
        {
            PageRun run = _runs[behind];
            LengthBytes -= Part(run, start, end).LengthBytes;
            if (run.Address < start)
                left = Part(run, run.Address, start);
            if (run.End > end)
                right = Part(run, end, run.End);
        }

        if (behind == index)
            return;
        // One run that becomes shorter is what happens page by page: it stays in its place.
        if (behind == index + 1 && (left.LengthBytes == 0) != (right.LengthBytes == 0))
        {
            _runs[index] = left.LengthBytes == 0 ? right : left;
            return;
        }

        _runs.RemoveRange(index, behind - index);
        if (right.LengthBytes > 0)
            _runs.Insert(index, right);
        if (left.LengthBytes > 0)
            _runs.Insert(index, left);
    }

    /// <summary>Whether anything is missing from one address up to another; nothing is in an empty range.</summary>
    public bool Overlaps(ulong start, ulong end)
    {
        int index = FirstEndingBehind(start);
        return start < end && index < _runs.Count && _runs[index].Address < end;
    }

    /// <summary>The parts that lie in a range, ascending.</summary>
    public IEnumerable<PageRun> Within(ulong start, ulong end)
    {
        for (int i = FirstEndingBehind(start); i < _runs.Count && _runs[i].Address < end; i++)
            yield return Part(_runs[i], start, end);
    }

    /// <summary>The page of an address, with those around it that lie in the same aligned window and run.</summary>
    public bool TryFind(ulong address, ulong windowBytes, out PageRun found)
    {
        int index = FirstEndingBehind(address);
        bool isMissing = index < _runs.Count && _runs[index].Address <= address;
        ulong window = address - (address % windowBytes);
        found = isMissing ? Part(_runs[index], window, window + windowBytes) : default;
        return isMissing;
    }

    /// <summary>What comes first at or behind an address, up to so many bytes.</summary>
    public bool TryNext(ulong address, ulong mostBytes, out PageRun next)
    {
        int index = FirstEndingBehind(address);
        next = default;
        if (index == _runs.Count)
            return false;
        ulong from = Math.Max(address, _runs[index].Address);
        next = Part(_runs[index], from, from + mostBytes);
        return true;
    }

    /// <summary>The part of it between two addresses, of which at least one byte lies in it.</summary>
    private static PageRun Part(PageRun run, ulong start, ulong end)
    {
        ulong from = Math.Max(start, run.Address);
        return new PageRun(from, Math.Min(end, run.End) - from);
    }

    private int FirstEndingBehind(ulong address)
    {
        int low = 0;
        int high = _runs.Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_runs[middle].End <= address)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }
}
