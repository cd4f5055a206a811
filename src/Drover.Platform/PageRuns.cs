namespace Drover.Platform;

/// <summary>Arithmetic of lists of runs. All lists ascend and do not overlap in themselves; so do the results, in which runs that
/// touch are one.</summary>
public static class PageRuns
{
    public static ulong LengthBytes(IReadOnlyList<PageRun> runs)
    {
        ArgumentNullException.ThrowIfNull(runs);
        ulong bytes = 0;
        for (int i = 0; i < runs.Count; i++)
            bytes += runs[i].LengthBytes;
        return bytes;
    }

    /// <summary>Adds a range behind or at the end of the last run.</summary>
    public static void Append(List<PageRun> runs, ulong start, ulong end)
    {
        ArgumentNullException.ThrowIfNull(runs);
        if (start >= end)
            return;
        if (runs.Count > 0 && runs[^1].End >= start)
            runs[^1] = new PageRun(runs[^1].Address, Math.Max(end, runs[^1].End) - runs[^1].Address);
        else
            runs.Add(new PageRun(start, end - start));
    }

    /// <summary>What is in either.</summary>
    public static List<PageRun> Union(IReadOnlyList<PageRun> one, IReadOnlyList<PageRun> other)
    {
        ArgumentNullException.ThrowIfNull(one);
        ArgumentNullException.ThrowIfNull(other);
        List<PageRun> result = new(one.Count + other.Count);
        int next = 0;
        for (int i = 0; i < one.Count; i++)
        {
            for (; next < other.Count && other[next].Address < one[i].Address; next++)
                Append(result, other[next].Address, other[next].End);
            Append(result, one[i].Address, one[i].End);
        }

        for (; next < other.Count; next++)
            Append(result, other[next].Address, other[next].End);
        return result;
    }

    /// <summary>What is in the first and not in the second.</summary>
    public static List<PageRun> Except(IReadOnlyList<PageRun> runs, IReadOnlyList<PageRun> excluded)
    {
        ArgumentNullException.ThrowIfNull(runs);
        ArgumentNullException.ThrowIfNull(excluded);
        List<PageRun> result = new(runs.Count);
        int first = 0;
        for (int i = 0; i < runs.Count; i++)
        {
            ulong at = runs[i].Address;
            while (first < excluded.Count && excluded[first].End <= at)
                first++;
            for (int j = first; j < excluded.Count && excluded[j].Address < runs[i].End; j++)
            {
                Append(result, at, Math.Min(excluded[j].Address, runs[i].End));
                at = Math.Max(at, excluded[j].End);
            }

            Append(result, at, runs[i].End);
        }

        return result;
    }

    /// <summary>What is in both.</summary>
    public static List<PageRun> Intersection(IReadOnlyList<PageRun> one, IReadOnlyList<PageRun> other)
    {
        ArgumentNullException.ThrowIfNull(one);
        ArgumentNullException.ThrowIfNull(other);
        List<PageRun> result = [];
        for (int i = 0, j = 0; i < one.Count && j < other.Count;)
        {
            Append(result, Math.Max(one[i].Address, other[j].Address), Math.Min(one[i].End, other[j].End));
            if (one[i].End < other[j].End)
                i++;
            else
                j++;
        }

        return result;
    }
}
