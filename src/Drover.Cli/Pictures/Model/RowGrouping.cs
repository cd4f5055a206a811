namespace Drover.Cli.Pictures.Model;

/// <summary>Puts selectors into rows: one each while they are few; what is alike together, by ranges, when they are many.</summary>
internal static class RowGrouping
{
    /// <summary>As many rows as one looks through one by one.</summary>
    public const int MaximumSingleRows = 40;

    private const int SmallestGroup = 6;
    private const int Examples = 2;
    private const int MostRanges = 10;
    private const int FewestRanges = 2;

    /// <param name="members">Ascending by selector.</param>
    public static IReadOnlyList<PictureRow> Group(IReadOnlyList<PictureMember> members)
    {
        if (members.Count <= MaximumSingleRows)
            return [.. members.Select(Single)];
        List<PictureMember[]> likenesses = [.. members.GroupBy(Likeness).Select(alike => alike.ToArray())];
        int few = likenesses.Where(IsFew).Sum(alike => alike.Length);
        int many = Math.Max(1, likenesses.Count(alike => !IsFew(alike)));
        int ranges = Math.Clamp(((MaximumSingleRows - few) / many) - Examples, FewestRanges, MostRanges);
        return [.. likenesses.SelectMany(alike => RowsOf(alike, ranges)).OrderBy(row => row.FirstSelector)];
    }

    private static bool IsFew(PictureMember[] alike) => alike.Length < SmallestGroup + Examples;

    private static IEnumerable<PictureRow> RowsOf(PictureMember[] alike, int ranges)
    {
        if (IsFew(alike))
            return alike.Select(Single);
        IReadOnlyList<(PictureMember Member, ulong Number)> numbered = Number(alike);
        return
        [
            .. numbered.Take(Examples).Select(entry => Single(entry.Member)),
            .. Ranges([.. numbered.Skip(Examples)], ranges).Select(range => new PictureRow(range)),
        ];
    }

    /// <summary>By the numbers that labels end with, if all do and no two are the same; else by selector.</summary>
    private static IReadOnlyList<(PictureMember Member, ulong Number)> Number(PictureMember[] alike)
    {
        List<(PictureMember Member, ulong? Number)> labelled =
            [.. alike.Select(member => (member, LabelNumber.Of(member.Named.Held?.Label).Number))];
        bool all = labelled.TrueForAll(entry => entry.Number is not null)
            && labelled.Select(entry => entry.Number).Distinct().Count() == alike.Length;
        return all
            ? [.. labelled.Select(entry => (entry.Member, entry.Number!.Value)).OrderBy(entry => entry.Value)]
            : [.. alike.Select(member => (member, (ulong)member.Selector))];
    }

    /// <summary>Ranges between round numbers, of which there are only a few.</summary>
    private static List<PictureMember[]> Ranges(IReadOnlyList<(PictureMember Member, ulong Number)> numbered, int most)
    {
        foreach (ulong step in RoundNumbers())
        {
            List<PictureMember[]> ranges =
                [.. numbered.GroupBy(entry => entry.Number / step, entry => entry.Member).Select(range => range.ToArray())];
            if (ranges.Count <= most)
                return ranges;
        }

        return [[.. numbered.Select(entry => entry.Member)]];
    }

    private static IEnumerable<ulong> RoundNumbers()
    {
        for (ulong power = 10; power <= 1_000_000_000_000_000_000; power *= 10)
        {
            yield return power;
            yield return power * 2;
            yield return power * 5;
            if (power == 1_000_000_000_000_000_000)
                yield break;
        }
    }

    private static PictureRow Single(PictureMember member) => new([member]);

    /// <summary>Selectors with the same likeness may share a row.</summary>
    private static (string, CapabilityCondition?, CapabilityCondition?, CapabilityChange?) Likeness(PictureMember member) =>
        (
            string.Join('\n', member.Sides.Select(Shape)),
            member.Sides[0]?.Condition,
            member.Sides.Count > 1 ? member.Sides[1]?.Condition : null,
            member.Change);

    private static string Shape(CapabilityEntry? entry) =>
        entry is null ? "" : $"{entry.Kind}\t{entry.Pool.Count > 0}";
}
