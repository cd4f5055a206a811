using Drover.Cli.Pictures.Layout;
using Drover.Cli.Pictures.Model;

namespace Drover.Cli.Pictures.Wording;

/// <summary>The cards of many selectors that are alike: how many, from where to where, and a few of them.</summary>
internal static class GroupWording
{
    public static CardText? Pool(IReadOnlyList<CapabilityEntry> entries)
    {
        List<ulong> labels = [.. entries.SelectMany(entry => entry.Pool).Select(pool => (ulong)pool.Label).Order()];
        if (labels.Count == 0)
            return null;
        bool agrees = entries.All(entry => entry.PoolAgrees);
        return new CardText(
            Numbers.Count((ulong)labels.Count, "label"),
            "",
            "",
            [Examples(labels), Agreement(agrees)],
            agrees ? CardState.Good : CardState.Wrong);
    }

    public static CardText Map(IReadOnlyList<CapabilityEntry> entries)
    {
        string count = Numbers.Count((ulong)entries.Count, "selector");
        CardLine examples = Examples([.. entries.Select(entry => (ulong)entry.Slot.Selector).Order()]);
        if (entries[0].Map is null)
            return new CardText(count, "", "", [examples, new CardLine("not in the map", TextStyle.Absent)], CardState.Absent);
        string owners = Numbers.Range(entries.Select(entry => (ulong)(entry.Map?.Owners ?? 0)));
        bool agrees = entries.All(entry => entry.Map is null || entry.MapAgrees);
        return agrees
            ? new CardText(count, "", "", [examples, new CardLine($"{owners} owner{(owners == "1" ? "" : "s")} each", TextStyle.Note)])
            : new CardText(count, "", "", [examples, Agreement(agrees)], CardState.Wrong);
    }

    public static CardText Object(IReadOnlyList<CapabilityEntry> entries)
    {
        string count = Numbers.Text((ulong)entries.Count);
        switch (entries[0].Condition)
        {
            case CapabilityCondition.Empty:
                return new CardText($"{count} empty slots", "", "", [new CardLine("core holds nothing there", TextStyle.Absent)], CardState.Absent);
            case CapabilityCondition.Void:
                return new CardText($"{count} void", "", "", [new CardLine("their objects are gone", TextStyle.Absent)], CardState.Absent);
            default:
                string labels = Labels(entries);
                CardLine[] named = labels.Length > 0 ? [new CardLine(labels, TextStyle.Note)] : [];
                return new CardText($"{count} \u00d7 {CleanText.Of(entries[0].Kind!)}", "", Details(entries), [.. named, Badges(entries)]);
        }
    }

    /// <summary>"labels 2–99"; without numbers the first label and that there are others.</summary>
    public static string Labels(IReadOnlyList<CapabilityEntry> entries)
    {
        List<LabelNumber> labels = [.. entries.Select(entry => LabelNumber.Of(entry.Held?.Label))];
        if (labels.TrueForAll(label => label.Number is not null) && labels.Select(label => label.Prefix).Distinct().Count() == 1)
        {
            string prefix = labels[0].Prefix.Length == 0 ? "labels " : CleanText.Of(labels[0].Prefix);
            return prefix + Numbers.Range(labels.Select(label => label.Number!.Value));
        }

        string first = CleanText.Of(entries[0].Held?.Label ?? "");
        return entries.All(entry => entry.Held?.Label == entries[0].Held?.Label) ? first : $"{first} and others";
    }

    private static string Details(IReadOnlyList<CapabilityEntry> entries)
    {
        if (entries.All(entry => entry.Slot.Object?.Entrypoint is not null))
        {
            string served = Numbers.Range(entries.Select(entry => (ulong)entry.Slot.Object!.Entrypoint!.Value));
            return $"entrypoint{(served.Contains('\u2013', StringComparison.Ordinal) ? "s" : "")} {served}";
        }

        string details = EntryWording.Details(entries[0].Slot.Object);
        return entries.All(entry => EntryWording.Details(entry.Slot.Object) == details) ? details : "";
    }

    /// <summary>From the lowest badge to the highest; the part that is the node's own is not said twice.</summary>
    public static CardLine Badges(IReadOnlyList<CapabilityEntry> entries)
    {
        (ulong lowest, ulong highest) = Numbers.Ends(entries.Select(entry => entry.Held!.Badge));
        return lowest >> 32 == highest >> 32
            ? new CardLine($"{Numbers.Badge(lowest)}\u2013{(uint)highest:x8}", TextStyle.Mono, EntryWording.NodePartOfBadge)
            : new CardLine($"from {Numbers.Badge(lowest)}", TextStyle.Mono);
    }

    private static CardLine Examples(IReadOnlyList<ulong> numbers) => new(Numbers.Examples(numbers), TextStyle.Mono);

    private static CardLine Agreement(bool agrees) => agrees
        ? new CardLine("badges are core's", TextStyle.Note)
        : new CardLine("\u2260 badges differ", TextStyle.MonoWrong);
}
