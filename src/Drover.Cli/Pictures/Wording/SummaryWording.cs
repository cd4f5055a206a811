using Drover.Cli.Pictures.Model;

namespace Drover.Cli.Pictures.Wording;

/// <summary>A number and what it counts.</summary>
internal readonly record struct Figure(string Number, string Caption, bool IsGood = true);

/// <summary>What the whole picture says, in a few numbers and in a sentence.</summary>
internal static class SummaryWording
{
    public static string Title(PictureModel model)
    {
        string before = model.Sides[0].Report.Name;
        return CleanText.Of(before == model.Name ? model.Name : $"{before} \u2192 {model.Name}");
    }

    public static string Subtitle(PictureModel model)
    {
        string program = CleanText.Of(Path.GetFileName(model.Sides[^1].Report.Program));
        return $"What the selectors of {program} lead to{(model.IsComparison ? ", before and after" : "")}";
    }

    public static IReadOnlyList<Figure> Figures(PictureModel model) =>
        model.IsComparison ? OfComparison(model) : OfOne(model);

    /// <summary>For those who cannot see the picture.</summary>
    public static string Description(PictureModel model)
    {
        string figures = string.Join(", ", Figures(model).Select(figure => $"{figure.Number} {figure.Caption}"));
        string origins = string.Join("; after: ", model.Sides.Select(side => CleanText.Of(side.Origin)));
        string families = string.Join(", ", Families(model).Select(family => $"{family.Count} {ObjectFamilies.Title(family.Family)}"));
        return $"{(model.IsComparison ? "Before: " : "")}{origins}. {figures}. By kind: {families}. "
            + "Left of the dashed line the protection domain with its object pool and capability map, right of it core's capability space.";
    }

    public static IEnumerable<(ObjectFamily Family, int Count)> Families(PictureModel model) => model.Members
        .GroupBy(member => member.Named.Family)
        .OrderBy(family => family.Key)
        .Select(family => (family.Key, family.Count()));

    private static Figure[] OfOne(PictureModel model)
    {
        List<CapabilityEntry> entries = [.. model.Members.Select(member => member.Named)];
        int differ = entries.Count(entry => entry.Condition is CapabilityCondition.Differs or CapabilityCondition.Empty);
        return
        [
            Counted(model.Sides[0].Held, "capability"),
            Counted((ulong)entries.Count(entry => entry.Family == ObjectFamily.Gate), "own object"),
            Counted(model.Sides[0].Owners, "owner"),
            new(Numbers.Text((ulong)differ), differ == 1 ? "differs from core" : "differ from core", differ == 0),
        ];
    }

    private static Figure[] OfComparison(PictureModel model)
    {
        List<PictureMember> before = [.. model.Members.Where(member => member.Sides[0]?.Held is not null)];
        int Became(params CapabilityChange[] changes) => model.Members.Count(member => changes.Contains(member.Change!.Value));
        int same = Became(CapabilityChange.NewBadge, CapabilityChange.SameBadge);
        int lost = Became(CapabilityChange.BecameVoid, CapabilityChange.Gone, CapabilityChange.OtherObject);
        int differ = model.Members.Count(member => member.Sides[1]?.Condition is CapabilityCondition.Differs or CapabilityCondition.Empty);
        return
        [
            new($"{same} of {before.Count}", "selectors keep their object"),
            new(Numbers.Text((ulong)Became(CapabilityChange.NewBadge)), "badges are new"),
            new(Numbers.Text((ulong)lost), "void, gone or another", lost == 0),
            new(Numbers.Text((ulong)differ), "differ from core now", differ == 0),
        ];
    }

    private static Figure Counted(int number, string noun) => Counted((ulong)number, noun);

    private static Figure Counted(ulong number, string noun) =>
        new(Numbers.Text(number), Numbers.Count(number, noun)[(Numbers.Text(number).Length + 1)..]);
}
