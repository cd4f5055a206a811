using System.Text;
using Drover.Cli.Pictures.Layout;
using Drover.Cli.Pictures.Model;

namespace Drover.Cli.Pictures.Drawing;

/// <summary>
/// The style sheet inside the picture: one rule for each style of the scene, for paper and light screens, and again
/// for dark ones. Plain rules without variables, which not every viewer of SVG knows.
/// </summary>
internal static class StyleSheet
{
    private const string Sans = "system-ui,-apple-system,\"Segoe UI\",Roboto,\"Noto Sans\",\"DejaVu Sans\",sans-serif";
    private const string Mono = "ui-monospace,\"SF Mono\",Menlo,Consolas,\"DejaVu Sans Mono\",\"Liberation Mono\",monospace";

    public static string Text { get; } = Write();

    public static string ClassOf(TextStyle style) => $"t-{Name(style)}";

    public static string ClassOf(BoxStyle style) => $"b-{Name(style)}";

    public static string ClassOf(ObjectFamily family) => $"f-{Name(family)}";

    public static string ClassOf(CapabilityChange change) => change switch
    {
        CapabilityChange.NewBadge => "c-new",
        CapabilityChange.SameBadge => "c-same",
        CapabilityChange.BecameVoid or CapabilityChange.Gone => "c-lost",
        CapabilityChange.StaysVoid => "c-same",
        _ => "c-other",
    };

    private static string Write()
    {
        var css = new StringBuilder("\n");
        css.AppendLine($"text{{font-family:{Sans}}}");
        foreach (TextStyle style in Enum.GetValues<TextStyle>())
        {
            css.Append($".{ClassOf(style)}{{font-size:{TextStyles.SizePixels(style).ToString(System.Globalization.CultureInfo.InvariantCulture)}px");
            css.Append(TextStyles.IsBold(style) ? ";font-weight:600" : "");
            css.AppendLine(TextStyles.IsMono(style) ? $";font-family:{Mono}}}" : "}");
        }

        css.AppendLine("rect,path,polygon,line{stroke-width:1.25}");
        css.AppendLine(".wire{stroke-width:1.5;fill:none}.boundary{stroke-width:1.5;stroke-dasharray:7 5}");
        css.AppendLine(".b-card-absent{stroke-dasharray:4 3}.row:hover .wire{stroke-width:3}");
        Colours(css, Palette.Light);
        css.AppendLine("@media screen and (prefers-color-scheme:dark){");
        Colours(css, Palette.Dark);
        css.AppendLine("}");
        return css.ToString().ReplaceLineEndings("\n");
    }

    private static void Colours(StringBuilder css, Palette palette)
    {
        css.AppendLine($".paper{{fill:{palette.Paper}}}text{{fill:{palette.Ink}}}");
        css.AppendLine($".t-subtitle,.t-note,.t-absent,.faint{{fill:{palette.FaintInk}}}.t-mono-wrong{{fill:{palette.WrongInk}}}");
        css.AppendLine($".b-domain{{fill:{palette.Domain};stroke:{palette.Edge}}}.b-core{{fill:{palette.Core};stroke:{palette.Edge}}}");
        css.AppendLine($".b-card,.b-card-behind,.b-strip{{fill:{palette.Card};stroke:{palette.Edge}}}");
        css.AppendLine($".b-card-absent{{fill:none;stroke:{palette.FaintInk}}}");
        css.AppendLine($".b-card-wrong{{fill:{palette.Wrong.Tint};stroke:{palette.Wrong.Line}}}");
        css.AppendLine($".boundary{{stroke:{palette.FaintInk}}}");
        css.AppendLine($".b-pill,.b-pill-untrusted,.b-pill-trusted{{fill:{palette.Card};stroke:{palette.FaintInk}}}");
        foreach (ObjectFamily family in Enum.GetValues<ObjectFamily>())
        {
            FamilyColours colours = palette.Of(family);
            string name = ClassOf(family);
            css.AppendLine($".b-card.{name},.b-card-behind.{name}{{fill:{colours.Tint};stroke:{colours.Line}}}");
            css.AppendLine($".wire.{name}{{stroke:{colours.Line}}}.tip.{name},.sign.{name}{{fill:{colours.Line}}}.sign-line.{name}{{fill:none;stroke:{colours.Line};stroke-width:2}}");
        }

        Flag(css, "new", palette.New);
        Flag(css, "same", new FamilyColours(palette.FaintInk, palette.Card));
        Flag(css, "lost", palette.Wrong);
        Flag(css, "other", palette.Of(ObjectFamily.Gate));
    }

    private static void Flag(StringBuilder css, string name, FamilyColours colours) =>
        css.AppendLine($".flag.c-{name}{{fill:{colours.Tint};stroke:{colours.Line}}}");

    /// <summary>"CardBehind" is "card-behind".</summary>
    private static string Name<T>(T value) where T : struct, Enum =>
        string.Concat(value.ToString().Select((c, at) =>
            char.IsUpper(c) ? (at > 0 ? "-" : "") + char.ToLowerInvariant(c) : c.ToString()));
}
