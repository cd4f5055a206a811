using Drover.Cli.CommandLine;
using Drover.Cli.Pictures.Model;
using Drover.Cli.Pictures.Wording;
using Drover.Cli.Text;
using Drover.Node.Operations;
using Spectre.Console;

namespace Drover.Cli.Verbs;

/// <summary>The tables of what a component holds and serves. Where there are many, those that are alike share a line.</summary>
internal static class CapabilityTables
{
    public static void Show(CommandEnvironment environment, PictureModel model, bool all)
    {
        IReadOnlyList<PictureRow> rows = Rows(model, all);
        ShowCapabilities(environment, rows);
        ShowObjectPool(environment, rows, model.Sides[0].Report.ObjectPool.Count);
        if (rows.Any(row => row.IsGroup))
            environment.Output.WriteLine("Those that are alike share a line; --all gives each its own, and --json has everything.");
    }

    public static IReadOnlyList<PictureRow> Rows(PictureModel model, bool all) =>
        all ? [.. model.Members.OrderBy(member => member.Selector).Select(member => new PictureRow([member]))] : model.Rows;

    /// <summary>"18", or "23–120 (98)" of many.</summary>
    public static string Selectors(PictureRow row) => row.IsGroup
        ? $"{Numbers.Range(row.Members.Select(member => (ulong)member.Selector))} ({row.Members.Count})"
        : Numbers.Text(row.FirstSelector);

    /// <summary>Of many, from the lowest to the highest; empty if core holds nothing there.</summary>
    public static string Badges(IReadOnlyList<CapabilityEntry> entries) =>
        entries.Count == 0 || entries[0].Held is null ? ""
        : entries.Count > 1 ? GroupWording.Badges(entries).Text
        : Numbers.Badge(entries[0].Held!.Badge);

    public static string Label(IReadOnlyList<CapabilityEntry> entries) =>
        entries.Count > 1 ? GroupWording.Labels(entries) : entries[0].Held?.Label ?? "";

    private static void ShowCapabilities(CommandEnvironment environment, IReadOnlyList<PictureRow> rows)
    {
        Printer.Heading(
            environment, "Capabilities: what core holds (capability space) beside what the component noted (capability map)");
        Table table = Printer.Table("Selector", "Kind", "Label", "Badge", "Map: badge", "Owners", "Deliveries", "");
        foreach (PictureRow row in rows)
        {
            IReadOnlyList<CapabilityEntry> entries = row.Side(0);
            // What only a pool entry names is in the other table.
            if (entries[0].Held is null && entries[0].Map is null)
                continue;
            Printer.Row(
                table,
                Selectors(row),
                entries[0].Kind ?? "",
                Label(entries),
                Badges(entries),
                MapBadges(entries),
                Range(entries, map => map.Owners),
                Range(entries, map => map.Deliveries),
                Agreement(entries[0]));
        }

        Printer.Show(environment, table);
    }

    private static void ShowObjectPool(CommandEnvironment environment, IReadOnlyList<PictureRow> rows, int count)
    {
        Printer.Heading(environment, $"Object pool: what the component serves ({count})");
        Table table = Printer.Table("Label", "Badge", "Selector");
        foreach (PictureRow row in rows.Where(row => row.Side(0)[0].Pool.Count > 0).OrderBy(row => row.Side(0)[0].Pool[0].Label))
        {
            List<ObjectPoolEntryInfo> pool = [.. row.Side(0).SelectMany(entry => entry.Pool)];
            if (row.IsGroup)
                Printer.Row(table, $"{Numbers.Range(pool.Select(entry => (ulong)entry.Label))} ({pool.Count})", PoolBadges(row.Side(0)), Selectors(row));
            foreach (ObjectPoolEntryInfo entry in row.IsGroup ? [] : pool)
                Printer.Row(table, Numbers.Text(entry.Label), Numbers.Badge(entry.Badge), Numbers.Text(entry.Selector));
        }

        Printer.Show(environment, table);
    }

    private static string MapBadges(IReadOnlyList<CapabilityEntry> entries) => (entries.Count, entries[0]) switch
    {
        (_, { Map: null }) => "",
        (1, { Map: { } map }) => Numbers.Badge(map.Badge),
        _ => entries.All(entry => entry.MapAgrees) ? "the same" : "others",
    };

    private static string PoolBadges(IReadOnlyList<CapabilityEntry> entries) =>
        entries.All(entry => entry.PoolAgrees) ? Badges(entries) : "others";

    private static string Range(IReadOnlyList<CapabilityEntry> entries, Func<CapabilityMapEntryInfo, uint> count) =>
        entries.Any(entry => entry.Map is not null)
            ? Numbers.Range(entries.Select(entry => entry.Map).OfType<CapabilityMapEntryInfo>().Select(map => (ulong)count(map)))
            : "";

    private static string Agreement(CapabilityEntry entry) => entry switch
    {
        { Held: null } => "no such capability",
        { Map: null } => "",
        { MapAgrees: true } => "agree",
        _ => "differ",
    };
}
