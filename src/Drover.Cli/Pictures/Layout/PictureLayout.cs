using Drover.Cli.Pictures.Model;
using Drover.Cli.Pictures.Wording;

namespace Drover.Cli.Pictures.Layout;

/// <summary>
/// Places everything. The picture is the one of ARCHITECTURE.md, turned by a quarter so that a selector is a row: the
/// domain with object pool and capability map on the left, core's capability space on the right of the line.
/// </summary>
internal static class PictureLayout
{
    public static Scene Of(PictureModel model)
    {
        Metrics metrics = model.IsComparison ? Metrics.ForTwo : Metrics.ForOne;
        double width = (2 * Metrics.Margin) + (model.Sides.Count * metrics.PanelWidth) + ((model.Sides.Count - 1) * Metrics.ChangeWidth);
        List<SceneItem> items = [];
        double y = LegendLayout.Add(items, model, HeaderLayout.Add(items, model, width), width);
        double rowsTop = y + Metrics.OriginHeight + Metrics.BoxHeadHeight;
        List<Rect> bands = Bands(model, rowsTop, width);
        double bottom = (bands.Count > 0 ? bands[^1].Bottom : rowsTop) + Metrics.Padding;
        for (int side = 0; side < model.Sides.Count; side++)
        {
            var columns = new PanelColumns(Metrics.Margin + (side * (metrics.PanelWidth + Metrics.ChangeWidth)), metrics);
            PanelLayout.Add(items, model, side, columns, y, bottom);
        }

        for (int row = 0; row < bands.Count; row++)
            items.Add(new SceneGroup(Tooltips.Of(model.Rows[row], model), Row(model, model.Rows[row], metrics, bands[row])));
        double height = RemarkLayout.Add(items, model, bottom + Metrics.Padding, width) + Metrics.Margin;
        return new Scene(
            width, height, $"Capabilities of {SummaryWording.Title(model)}", SummaryWording.Description(model), items);
    }

    private static List<Rect> Bands(PictureModel model, double top, double width)
    {
        List<Rect> bands = [];
        double y = top;
        foreach (PictureRow row in model.Rows)
        {
            var band = new Rect(0, y, width, row.IsGroup ? Metrics.GroupHeight : Metrics.RowHeight);
            bands.Add(band);
            y = band.Bottom + Metrics.RowGap;
        }

        return bands;
    }

    private static List<SceneItem> Row(PictureModel model, PictureRow row, Metrics metrics, Rect band)
    {
        List<SceneItem> items = [];
        for (int side = 0; side < model.Sides.Count; side++)
        {
            var columns = new PanelColumns(Metrics.Margin + (side * (metrics.PanelWidth + Metrics.ChangeWidth)), metrics);
            RowLayout.Add(items, row, side, columns, band);
        }

        if (row.Change is { } change)
            AddFlag(items, change, Metrics.Margin + metrics.PanelWidth, band);
        return items;
    }

    private static void AddFlag(List<SceneItem> items, CapabilityChange change, double left, Rect band)
    {
        const double height = 22;
        const double margin = 6;
        var area = new Rect(left + margin, band.MiddleY - (height / 2), Metrics.ChangeWidth - (2 * margin), height);
        string text = ChangeWording.Of(change);
        double space = area.Width - SceneFlag.PointPixels - TextMeasure.Width(text, TextStyle.Pill);
        items.Add(new SceneFlag(area, change));
        items.Add(new SceneText(area.X + (space / 2), area.MiddleY + 3.8, text, TextStyle.Pill, area));
    }
}
