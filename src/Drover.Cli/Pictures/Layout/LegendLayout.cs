using Drover.Cli.Pictures.Model;
using Drover.Cli.Pictures.Wording;

namespace Drover.Cli.Pictures.Layout;

/// <summary>What the colours and signs mean, and how many of each there are.</summary>
internal static class LegendLayout
{
    private const double LineHeight = 22;
    private const double SignSpace = 18;
    private const double EntrySpace = 26;

    /// <summary>Returns the y at which it ends.</summary>
    public static double Add(List<SceneItem> items, PictureModel model, double top, double width)
    {
        double right = width - Metrics.Margin;
        double x = Metrics.Margin;
        double y = top;
        foreach ((ObjectFamily family, int count) in SummaryWording.Families(model))
        {
            string text = $"{ObjectFamilies.Title(family)}: {count}";
            double entryWidth = SignSpace + TextMeasure.Width(text, TextStyle.Note);
            if (x > Metrics.Margin && x + entryWidth > right)
            {
                x = Metrics.Margin;
                y += LineHeight;
            }

            var within = new Rect(x, y, entryWidth, LineHeight);
            items.Add(new SceneGroup(null,
            [
                new SceneSign(x, y + 1.5, family),
                new SceneText(x + SignSpace, y + 12, text, TextStyle.Note, within),
            ]));
            x += entryWidth + EntrySpace;
        }

        return y + LineHeight;
    }
}
