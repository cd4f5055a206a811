using Drover.Cli.Pictures.Model;
using Drover.Cli.Pictures.Wording;

namespace Drover.Cli.Pictures.Layout;

/// <summary>The component's name, and the figures that sum the picture up.</summary>
internal static class HeaderLayout
{
    private const double FigureHeight = 54;
    private const double FigureGap = 12;
    private const double Top = 24;

    /// <summary>Returns the y at which it ends.</summary>
    public static double Add(List<SceneItem> items, PictureModel model, double width)
    {
        var within = new Rect(Metrics.Margin, Top, width - (2 * Metrics.Margin), 60);
        string title = TextMeasure.Fit(SummaryWording.Title(model), TextStyle.Title, within.Width);
        items.Add(new SceneText(within.X, Top + 26, title, TextStyle.Title, within));
        items.Add(new SceneText(within.X, Top + 48, TextMeasure.Fit(SummaryWording.Subtitle(model), TextStyle.Subtitle, within.Width), TextStyle.Subtitle, within));
        IReadOnlyList<Figure> figures = SummaryWording.Figures(model);
        double figureWidth = Math.Min(240, (within.Width - ((figures.Count - 1) * FigureGap)) / figures.Count);
        double y = within.Bottom + 8;
        for (int index = 0; index < figures.Count; index++)
            AddFigure(items, figures[index], new Rect(within.X + (index * (figureWidth + FigureGap)), y, figureWidth, FigureHeight));
        return y + FigureHeight + 18;
    }

    private static void AddFigure(List<SceneItem> items, Figure figure, Rect area)
    {
        items.Add(new SceneBox(area, figure.IsGood ? BoxStyle.Strip : BoxStyle.CardWrong, 8));
        Rect inside = new(area.X + 12, area.Y, area.Width - 24, area.Height);
        items.Add(new SceneText(
            inside.X, area.Y + 26, TextMeasure.Fit(figure.Number, TextStyle.Number, inside.Width), TextStyle.Number, inside));
        items.Add(new SceneText(
            inside.X, area.Y + 43, TextMeasure.Fit(figure.Caption, TextStyle.Note, inside.Width), TextStyle.Note, inside));
    }
}
