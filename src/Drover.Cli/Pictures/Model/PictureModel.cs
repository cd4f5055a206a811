using Drover.Node.Operations;

namespace Drover.Cli.Pictures.Model;

/// <summary>What is drawn, without where and how.</summary>
/// <param name="Name">The component's.</param>
/// <param name="Sides">One component, or the same before and after.</param>
/// <param name="Rows">Ascending by first selector; each selector of either side is in exactly one.</param>
internal sealed record PictureModel(string Name, IReadOnlyList<PictureSide> Sides, IReadOnlyList<PictureRow> Rows)
{
    public bool IsComparison => Sides.Count > 1;

    public IEnumerable<PictureMember> Members => Rows.SelectMany(row => row.Members);

    public static PictureModel Of(InspectReport report) => Of([report]);

    public static PictureModel Of(InspectReport before, InspectReport after) => Of([before, after]);

    private static PictureModel Of(IReadOnlyList<InspectReport> reports)
    {
        List<Dictionary<uint, CapabilityEntry>> entries = [.. reports.Select(Entries)];
        IEnumerable<PictureMember> members = entries
            .SelectMany(side => side.Keys)
            .Distinct()
            .Order()
            .Select(selector => new PictureMember(selector, [.. entries.Select(side => side.GetValueOrDefault(selector))]));
        return new PictureModel(
            reports[^1].Name, [.. reports.Select(report => new PictureSide(report))], RowGrouping.Group([.. members]));
    }

    private static Dictionary<uint, CapabilityEntry> Entries(InspectReport report)
    {
        ILookup<uint, ObjectPoolEntryInfo> pool = report.ObjectPool.ToLookup(entry => entry.Selector);
        Dictionary<uint, CapabilityEntry> entries = report.Capabilities.ToDictionary(
            slot => slot.Selector, slot => new CapabilityEntry(slot, [.. pool[slot.Selector]]));
        foreach (IGrouping<uint, ObjectPoolEntryInfo> astray in pool)
            entries.TryAdd(astray.Key, new CapabilityEntry(new CapabilitySlotInfo(astray.Key), [.. astray]));
        return entries;
    }
}
