using Drover.Cli.Pictures.Model;
using Drover.Cli.Pictures.Wording;

namespace Drover.Cli.Pictures.Layout;

/// <summary>A card and the text on it.</summary>
internal static class CardLayout
{
    private const double Radius = 6;
    private const double SignSpace = 19;
    private const double FirstBaseline = 17;
    private const double LineHeight = 15.5;
    private const double LabelSpace = 5;
    private const double NoteSpace = 10;

    /// <summary>Less than this says nothing.</summary>
    private const double ShortestLabel = 20;

    /// <summary>How far the second card looks out behind the first.</summary>
    private const double Behind = 3;

    /// <param name="family">Its colour and sign; null for neither.</param>
    public static void Add(List<SceneItem> items, CardText text, Rect area, ObjectFamily? family, bool isGroup)
    {
        Rect card = area;
        if (isGroup && text.State != CardState.Absent)
        {
            card = area with { Width = area.Width - Behind, Height = area.Height - Behind };
            items.Add(new SceneBox(card with { X = card.X + Behind, Y = card.Y + Behind }, BoxStyle.CardBehind, Radius, family));
        }

        items.Add(new SceneBox(card, StyleOf(text.State), Radius, text.State == CardState.Good ? family : null));
        Rect inside = new(
            card.X + Metrics.CardPadding, card.Y, card.Width - (2 * Metrics.CardPadding), card.Height);
        bool noted;
        if (family is { } known && text.State != CardState.Wrong)
        {
            items.Add(new SceneSign(inside.X, card.Y + 7, known));
            noted = AddTitle(items, text, inside with { X = inside.X + SignSpace, Width = inside.Width - SignSpace });
        }
        else
        {
            noted = AddTitle(items, text, inside);
        }

        for (int line = 0; line < text.Lines.Count; line++)
        {
            double baseline = card.Y + FirstBaseline + ((line + 1) * LineHeight);
            double right = AddLine(items, text.Lines[line], inside, baseline);
            noted = noted || TryAddNote(items, text.Note, right, inside, baseline);
        }
    }

    /// <summary>Title goes before label, and label before note. Returns whether there was room for the note.</summary>
    private static bool AddTitle(List<SceneItem> items, CardText text, Rect inside)
    {
        double baseline = inside.Y + FirstBaseline;
        string title = TextMeasure.Fit(text.Title, TextStyle.CardTitle, inside.Width);
        items.Add(new SceneText(inside.X, baseline, title, TextStyle.CardTitle, inside));
        double x = inside.X + TextMeasure.Width(title, TextStyle.CardTitle);
        if (text.Label.Length > 0 && inside.Right - x > LabelSpace + ShortestLabel)
        {
            string label = TextMeasure.Fit(text.Label, TextStyle.CardLabel, inside.Right - x - LabelSpace);
            items.Add(new SceneText(x + LabelSpace, baseline, label, TextStyle.CardLabel, inside));
            x += LabelSpace + TextMeasure.Width(label, TextStyle.CardLabel);
        }

        return TryAddNote(items, text.Note, x, inside, baseline);
    }

    /// <summary>Adds the note at the end of a line; one that fits nowhere is in the tooltip only.</summary>
    private static bool TryAddNote(List<SceneItem> items, string note, double lineRight, Rect inside, double baseline)
    {
        if (note.Length == 0 || TextMeasure.Width(note, TextStyle.Note) + NoteSpace > inside.Right - lineRight)
            return false;
        items.Add(new SceneText(inside.Right, baseline, note, TextStyle.Note, inside, AtRight: true));
        return true;
    }

    /// <summary>Returns where the line ends.</summary>
    private static double AddLine(List<SceneItem> items, CardLine line, Rect inside, double baseline)
    {
        string content = TextMeasure.Fit(line.Text, line.Style, inside.Width);
        items.Add(new SceneText(inside.X, baseline, content, line.Style, inside, Faint: line.Faint));
        return inside.X + TextMeasure.Width(content, line.Style);
    }

    private static BoxStyle StyleOf(CardState state) => state switch
    {
        CardState.Wrong => BoxStyle.CardWrong,
        CardState.Absent => BoxStyle.CardAbsent,
        _ => BoxStyle.Card,
    };
}
