using System.Globalization;
using Drover.Cli.CommandLine;
using Drover.Cli.Pictures.Model;
using Drover.Cli.Pictures.Wording;
using Drover.Cli.Text;
using Drover.Node.Operations;
using Spectre.Console;

namespace Drover.Cli.Verbs;

/// <summary>The table of `drover inspect BEFORE AFTER`.</summary>
internal static class ComparisonTable
{
    public static void Show(CommandEnvironment environment, PictureModel model)
    {
        environment.Output.WriteLine(Printable.Of($"{SummaryWording.Title(model)}, before: {model.Sides[0].Origin}; after: {model.Sides[1].Origin}"));
        environment.Output.WriteLine(string.Join(", ", SummaryWording.Figures(model).Select(figure => $"{figure.Number} {figure.Caption}")));
        Printer.Heading(environment, "Capabilities");
        Table table = Printer.Table("Selector", "Kind", "Label", "Badge before", "Badge after", "");
        foreach (PictureMember member in model.Members.OrderBy(member => member.Selector))
        {
            CapabilityInfo? named = member.Named.Held;
            Printer.Row(
                table,
                member.Selector.ToString(CultureInfo.InvariantCulture),
                named?.Kind ?? "",
                named?.Label ?? "",
                Badge(member.Sides[0]),
                Badge(member.Sides[1]),
                ChangeWording.Of(member.Change!.Value));
        }

        Printer.Show(environment, table);
    }

    private static string Badge(CapabilityEntry? entry) => entry?.Held is { } held ? Numbers.Badge(held.Badge) : "";
}
