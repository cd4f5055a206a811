using Drover.Cli.Pictures.Model;

namespace Drover.Cli.Pictures.Layout;

/// <summary>How to read what does not explain itself, below the picture.</summary>
internal static class RemarkLayout
{
    private const double LineHeight = 17;

    /// <summary>Returns the y at which it ends.</summary>
    public static double Add(List<SceneItem> items, PictureModel model, double top, double width)
    {
        double y = top;
        foreach (string line in Remarks(model))
        {
            var within = new Rect(Metrics.Margin, y, width - (2 * Metrics.Margin), LineHeight);
            items.Add(new SceneText(within.X, y + 12, TextMeasure.Fit(line, TextStyle.Note, within.Width), TextStyle.Note, within));
            y += LineHeight;
        }

        return y;
    }

    private static IEnumerable<string> Remarks(PictureModel model)
    {
        yield return "The first half of a badge is the node's own. A dashed card stands for what is not there; \u2260 marks what is not as core has it.";
        if (model.Rows.Any(row => row.IsGroup))
            yield return "Stacked cards are many selectors that are alike.";
        yield return "Point at a row for what has no room on it.";
    }
}
