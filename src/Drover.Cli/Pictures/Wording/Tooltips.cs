using Drover.Cli.Pictures.Model;
using Drover.Node.Operations;

namespace Drover.Cli.Pictures.Wording;

/// <summary>What is shown when one points at a row: everything that has no room on the cards.</summary>
internal static class Tooltips
{
    private const int MembersShown = 12;

    public static string Of(PictureRow row, PictureModel model)
    {
        if (!row.IsGroup)
            return string.Join('\n', Lines(row.Members[0], model));
        IEnumerable<string> members = row.Members.Take(MembersShown).Select(Brief);
        string more = row.Members.Count > MembersShown ? $"\nand {row.Members.Count - MembersShown} more" : "";
        return $"{row.Members.Count} selectors\n{string.Join('\n', members)}{more}";
    }

    private static IEnumerable<string> Lines(PictureMember member, PictureModel model)
    {
        yield return $"selector {member.Selector}";
        for (int side = 0; side < member.Sides.Count; side++)
        {
            if (model.IsComparison)
                yield return side == 0 ? $"before ({CleanText.Of(model.Sides[0].Origin)})" : $"after ({CleanText.Of(model.Sides[1].Origin)})";
            if (member.Sides[side] is not { } entry)
            {
                yield return "free";
                continue;
            }

            foreach (string line in Lines(entry))
                yield return line;
        }
    }

    private static IEnumerable<string> Lines(CapabilityEntry entry)
    {
        if (entry.Held is { } held)
        {
            string details = EntryWording.Details(entry.Slot.Object);
            yield return $"core: {Name(entry)}, badge {Numbers.Badge(held.Badge)}{(details.Length > 0 ? $", {details}" : "")}";
            if (entry.Slot.Deliveries is { } deliveries)
                yield return $"core: delivered and not given back {Numbers.Count(deliveries, "time")}";
        }
        else
        {
            yield return "core: holds nothing in this slot";
        }

        yield return entry.Map is { } map
            ? $"capability map: badge {Numbers.Badge(map.Badge)}, {Numbers.Count(map.Owners, "owner")}, {Numbers.Count(map.Deliveries, "delivery")}"
            : "capability map: no entry";
        foreach (ObjectPoolEntryInfo pool in entry.Pool.Take(MembersShown))
            yield return $"object pool: label {pool.Label}, badge {Numbers.Badge(pool.Badge)}";
    }

    private static string Brief(PictureMember member) =>
        $"{member.Selector}: {Name(member.Named)}, {string.Join(" \u2192 ", member.Sides.Select(side => side?.Held is { } held ? Numbers.Badge(held.Badge) : "nothing"))}";

    private static string Name(CapabilityEntry entry) =>
        entry.Held is { } held ? $"{CleanText.Of(held.Kind)} {EntryWording.Label(held)}".TrimEnd() : "nothing";
}
