namespace Drover.Cli.Pictures.Layout;

/// <summary>The metrics of each text style.</summary>
internal static class TextStyles
{
    public static double SizePixels(TextStyle style) => style switch
    {
        TextStyle.Title => 24,
        TextStyle.Subtitle => 13,
        TextStyle.Heading => 14,
        TextStyle.Number => 20,
        TextStyle.ColumnHead or TextStyle.CardTitle or TextStyle.CardLabel => 12,
        TextStyle.Pill => 10.5,
        _ => 10.5,
    };

    public static bool IsBold(TextStyle style) => style
        is TextStyle.Title or TextStyle.Heading or TextStyle.Number or TextStyle.ColumnHead or TextStyle.CardTitle or TextStyle.Pill;

    public static bool IsMono(TextStyle style) => style is TextStyle.Mono or TextStyle.MonoWrong;
}
