using Drover.Cli.Pictures.Model;
using Drover.Cli.Pictures.Wording;

namespace Drover.Cli.Pictures.Layout;

/// <summary>One side of a row: pool entry, map entry, slot and object, and the arrows between them.</summary>
internal static class RowLayout
{
    private const double ArrowGap = 3;

    public static void Add(List<SceneItem> items, PictureRow row, int side, PanelColumns columns, Rect band)
    {
        IReadOnlyList<CapabilityEntry> entries = row.Side(side);
        if (entries.Count == 0)
        {
            AddFree(items, row, columns, band);
            return;
        }

        ObjectFamily family = entries[0].Family;
        CardText? pool = row.IsGroup ? GroupWording.Pool(entries) : EntryWording.Pool(entries[0]);
        CardText map = row.IsGroup ? GroupWording.Map(entries) : EntryWording.Map(entries[0]);
        CardText target = row.IsGroup ? GroupWording.Object(entries) : EntryWording.Object(entries[0]);
        if (pool is not null)
        {
            CardLayout.Add(items, pool, Card(columns.Pool, Metrics.CardWidth, band), ObjectFamily.Gate, row.IsGroup);
            items.Add(Arrow(columns.Pool + Metrics.CardWidth, columns.Map, band, ObjectFamily.Gate));
        }

        CardLayout.Add(items, map, Card(columns.Map, Metrics.CardWidth, band), null, row.IsGroup);
        items.Add(Arrow(columns.Map + Metrics.CardWidth, columns.Slot, band, family));
        AddSlot(items, row, columns, band, family);
        if (entries[0].Held is not null)
            items.Add(Arrow(columns.Slot + Metrics.SlotWidth, columns.Object, band, family));
        CardLayout.Add(items, target, Card(columns.Object, columns.Metrics.ObjectWidth, band), family, row.IsGroup);
    }

    private static void AddSlot(List<SceneItem> items, PictureRow row, PanelColumns columns, Rect band, ObjectFamily family)
    {
        const double height = 24;
        var area = new Rect(columns.Slot, band.MiddleY - (height / 2), Metrics.SlotWidth, height);
        items.Add(new SceneBox(area, BoxStyle.Card, 4, family));
        string content = row.IsGroup ? $"\u00d7 {row.Members.Count}" : Numbers.Text(row.FirstSelector);
        content = TextMeasure.Fit(content, TextStyle.Mono, area.Width - 4);
        double width = TextMeasure.Width(content, TextStyle.Mono);
        items.Add(new SceneText(area.X + ((area.Width - width) / 2), area.MiddleY + 4, content, TextStyle.Mono, area));
    }

    /// <summary>This side has no such selector.</summary>
    private static void AddFree(List<SceneItem> items, PictureRow row, PanelColumns columns, Rect band)
    {
        string title = row.IsGroup ? Numbers.Count((ulong)row.Members.Count, "selector") : Numbers.Text(row.FirstSelector);
        var card = new CardText(title, "", "", [new CardLine("free", TextStyle.Absent)], CardState.Absent);
        CardLayout.Add(items, card, Card(columns.Map, Metrics.CardWidth, band), null, isGroup: false);
    }

    private static Rect Card(double x, double width, Rect band) => new(x, band.Y, width, band.Height);

    private static SceneArrow Arrow(double from, double to, Rect band, ObjectFamily family) =>
        new(from + ArrowGap, band.MiddleY, to - ArrowGap, band.MiddleY, family);
}
