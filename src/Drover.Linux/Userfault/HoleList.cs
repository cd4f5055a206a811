namespace Drover.Linux.Userfault;

/// <summary>The ranges in which threads wait. Ascending, without overlap.</summary>
internal sealed class HoleList
{
    private readonly List<(ulong Start, ulong End)> _holes = [];

    public void Add(ulong start, ulong end)
    {
        Remove(start, end);
        int index = _holes.FindIndex(hole => hole.Start >= end);
        _holes.Insert(index < 0 ? _holes.Count : index, (start, end));
    }

    public void Remove(ulong start, ulong end)
    {
        for (int i = _holes.Count - 1; i >= 0; i--)
        {
            (ulong holeStart, ulong holeEnd) = _holes[i];
            if (holeEnd <= start || holeStart >= end)
                continue;
            _holes.RemoveAt(i);
            if (end < holeEnd)
                _holes.Insert(i, (end, holeEnd));
            if (holeStart < start)
                _holes.Insert(i, (holeStart, start));
        }
    }

    /// <summary>The parts that lie in a range.</summary>
    public IEnumerable<(ulong Start, ulong End)> Within(ulong start, ulong end)
    {
        foreach ((ulong holeStart, ulong holeEnd) in _holes)
        {
            if (holeStart < end && start < holeEnd)
                yield return (Math.Max(start, holeStart), Math.Min(end, holeEnd));
        }
    }
}
