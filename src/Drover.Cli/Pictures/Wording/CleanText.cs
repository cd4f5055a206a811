using System.Globalization;
using System.Text;
using Drover.Cli.Text;

namespace Drover.Cli.Pictures.Wording;

/// <summary>
/// Makes names and labels fit to be drawn. They were chosen by a component: a control character, a character that turns
/// the direction of text or that XML forbids must not get into the picture, nor a tower of accents over its neighbours.
/// </summary>
internal static class CleanText
{
    private const int LongestCharacters = 300;
    private const int MostMarks = 2;

    /// <summary>The text without what could do harm, and not longer than a tooltip may be.</summary>
    public static string Of(string text)
    {
        var clean = new StringBuilder();
        int marks = 0;
        foreach (Rune rune in Printable.Of(text).EnumerateRunes())
        {
            if (clean.Length >= LongestCharacters)
                return clean.Append('\u2026').ToString();
            UnicodeCategory category = Rune.GetUnicodeCategory(rune);
            marks = category is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark ? marks + 1 : 0;
            if (marks <= MostMarks)
                clean.Append(Allowed(rune, category));
        }

        return clean.ToString();
    }

    private static Rune Allowed(Rune rune, UnicodeCategory category) => category switch
    {
        UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.Control
            when rune.Value != '\t' => Rune.ReplacementChar,
        UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Control => new Rune(' '),
        _ => rune,
    };
}
