using System.Text;

namespace Drover.Cli.Pictures.Layout;

/// <summary>
/// Estimates how wide a text becomes. Nobody knows which font a reader has; these are the widths of DejaVu Sans, the
/// widest of those that the style sheet asks for, so that a text that fits by them fits.
/// </summary>
internal static class TextMeasure
{
    private const char First = ' ';
    private const double MonoEm = 0.62;
    private const char Ellipsis = '\u2026';

    // Thousandths of an em for U+0020 to U+007E.
    private static readonly int[] Regular =
    [
        318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337, 636, 636, 636, 636, 636, 636, 636, 636,
        636, 636, 337, 337, 838, 838, 838, 531, 1000, 684, 686, 698, 770, 632, 575, 775, 752, 295, 295, 656, 557, 863, 748, 787,
        603, 787, 695, 635, 611, 732, 684, 989, 685, 611, 685, 390, 337, 390, 838, 500, 500, 613, 635, 550, 635, 615, 352, 635,
        634, 278, 278, 579, 278, 974, 634, 612, 635, 635, 411, 521, 392, 634, 592, 818, 592, 592, 525, 636, 337, 636, 838,
    ];

    private static readonly int[] Bold =
    [
        348, 456, 521, 838, 696, 1002, 872, 306, 457, 457, 523, 838, 380, 415, 380, 365, 696, 696, 696, 696, 696, 696, 696, 696,
        696, 696, 400, 400, 838, 838, 838, 580, 1000, 774, 762, 734, 830, 683, 683, 821, 837, 372, 372, 775, 637, 995, 837, 850,
        733, 850, 770, 720, 682, 812, 774, 1103, 771, 724, 725, 457, 365, 457, 838, 500, 500, 675, 716, 593, 716, 678, 435, 716,
        712, 343, 343, 665, 343, 1042, 712, 687, 716, 716, 493, 595, 478, 712, 652, 924, 645, 652, 582, 712, 365, 712, 838,
    ];

    /// <summary>Pixels.</summary>
    public static double Width(string text, TextStyle style)
    {
        double ems = 0;
        foreach (Rune rune in text.EnumerateRunes())
            ems += Ems(rune, style);
        return ems * TextStyles.SizePixels(style);
    }

    /// <summary>True if the estimate holds in any usual font; if not, the drawing has to force the width.</summary>
    public static bool IsSure(string text) => text.All(c => c is < '\u0250' or '\u2013' or Ellipsis or '\u2192' or '\u2260');

    /// <summary>The text, or as much of its beginning as fits, with an ellipsis.</summary>
    public static string Fit(string text, TextStyle style, double pixels)
    {
        if (Width(text, style) <= pixels)
            return text;
        double left = pixels - Width(Ellipsis.ToString(), style);
        var kept = new StringBuilder();
        foreach (Rune rune in text.EnumerateRunes())
        {
            left -= Ems(rune, style) * TextStyles.SizePixels(style);
            if (left < 0)
                break;
            kept.Append(rune);
        }

        return kept.ToString().TrimEnd() + Ellipsis;
    }

    private static double Ems(Rune rune, TextStyle style)
    {
        int index = rune.Value - First;
        if (TextStyles.IsMono(style))
            return rune.Value < 0x250 || rune.Value is Ellipsis or 0x2013 or 0x2260 ? MonoEm : 2 * MonoEm;
        int[] widths = TextStyles.IsBold(style) ? Bold : Regular;
        return index >= 0 && index < widths.Length ? widths[index] / 1000.0 : 1;
    }
}
