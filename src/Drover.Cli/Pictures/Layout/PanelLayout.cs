using Drover.Cli.Pictures.Model;
using Drover.Cli.Pictures.Wording;

namespace Drover.Cli.Pictures.Layout;

/// <summary>What stands around the rows of one component: the domain, core, and the line between them.</summary>
internal static class PanelLayout
{
    private const double BoxRadius = 12;
    private const double PillHeight = 18;
    private const double HeadBaseline = 25;

    public static void Add(List<SceneItem> items, PictureModel model, int side, PanelColumns columns, double top, double bottom)
    {
        PictureSide shown = model.Sides[side];
        AddOrigin(items, model, side, columns, top);
        double boxTop = top + Metrics.OriginHeight;
        Rect domain = new(columns.Left, boxTop, Metrics.DomainWidth, bottom - boxTop);
        Rect core = new(columns.Core, boxTop, columns.Metrics.CoreWidth, bottom - boxTop);
        items.Add(new SceneBox(domain, BoxStyle.Domain, BoxRadius));
        items.Add(new SceneBox(core, BoxStyle.Core, BoxRadius));
        items.Add(new SceneBoundary(columns.Boundary, boxTop - 6, bottom + 6));
        AddHead(items, domain, "protection domain", "untrusted", BoxStyle.PillUntrusted);
        AddHead(items, core, $"core of {CleanText.Of(shown.Report.Node)}", "trusted", BoxStyle.PillTrusted);
        AddStrip(items, domain, "variables", Numbers.Count(shown.Owners, "owner"), "each names a selector, never a badge");
        AddStrip(
            items,
            core,
            "quota",
            $"{shown.Report.Quota.CapabilitiesUsed} of {shown.Report.Quota.CapabilityLimit} capabilities",
            "objects and badges are of this node only");
        AddColumnHead(items, columns.Pool, Metrics.CardWidth, boxTop, "object pool", "label \u2192 badge, selector");
        AddColumnHead(items, columns.Map, Metrics.CardWidth, boxTop, "capability map", "selector \u2192 badge, owners");
        double slots = Metrics.SlotWidth + Metrics.ArrowSpace;
        AddColumnHead(items, columns.Slot, columns.Metrics.ObjectWidth + slots, boxTop, "capability space", "selector \u2192 object: kind, label, badge");
    }

    private static void AddOrigin(List<SceneItem> items, PictureModel model, int side, PanelColumns columns, double top)
    {
        double x = columns.Left;
        var within = new Rect(columns.Left, top, columns.Metrics.PanelWidth, Metrics.OriginHeight);
        if (model.IsComparison)
        {
            string when = side == 0 ? "before" : "after";
            x = AddPill(items, when, x, top + 14, within, BoxStyle.Pill).Right + 10;
        }

        string origin = TextMeasure.Fit(CleanText.Of(model.Sides[side].Origin), TextStyle.Heading, within.Right - x);
        items.Add(new SceneText(x, top + 28, origin, TextStyle.Heading, within));
    }

    private static void AddHead(List<SceneItem> items, Rect box, string title, string trust, BoxStyle pill)
    {
        Rect inside = new(box.X + Metrics.Padding, box.Y, box.Width - (2 * Metrics.Padding), Metrics.BoxHeadHeight);
        double pillWidth = PillWidth(trust);
        string fitted = TextMeasure.Fit(title, TextStyle.Heading, inside.Width - pillWidth - 10);
        items.Add(new SceneText(inside.X, box.Y + HeadBaseline, fitted, TextStyle.Heading, inside));
        AddPill(items, trust, inside.Right - pillWidth, box.Y + HeadBaseline - 14, inside, pill);
    }

    private static void AddStrip(List<SceneItem> items, Rect box, string title, string note, string line)
    {
        var area = new Rect(box.X + Metrics.Padding, box.Y + 38, box.Width - (2 * Metrics.Padding), 42);
        items.Add(new SceneBox(area, BoxStyle.Strip, 6));
        Rect inside = new(area.X + Metrics.CardPadding, area.Y, area.Width - (2 * Metrics.CardPadding), area.Height);
        items.Add(new SceneText(inside.X, area.Y + 17, title, TextStyle.CardTitle, inside));
        items.Add(new SceneText(inside.Right, area.Y + 17, note, TextStyle.Note, inside, AtRight: true));
        items.Add(new SceneText(inside.X, area.Y + 32.5, TextMeasure.Fit(line, TextStyle.Note, inside.Width), TextStyle.Note, inside));
    }

    private static void AddColumnHead(List<SceneItem> items, double x, double width, double boxTop, string title, string content)
    {
        var within = new Rect(x, boxTop + 86, width, 40);
        items.Add(new SceneText(x, boxTop + 101, title, TextStyle.ColumnHead, within));
        items.Add(new SceneText(x, boxTop + 117, content, TextStyle.Note, within));
    }

    private static double PillWidth(string text) => TextMeasure.Width(text, TextStyle.Pill) + 16;

    private static Rect AddPill(List<SceneItem> items, string text, double x, double y, Rect within, BoxStyle style)
    {
        var area = new Rect(x, y, PillWidth(text), PillHeight);
        items.Add(new SceneBox(area, style, PillHeight / 2));
        items.Add(new SceneText(x + 8, y + 12.8, text, TextStyle.Pill, within));
        return area;
    }
}
