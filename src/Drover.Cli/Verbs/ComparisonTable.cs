using Drover.Cli.CommandLine;
using Drover.Cli.Pictures.Model;
using Drover.Cli.Pictures.Wording;
using Drover.Cli.Text;
using Spectre.Console;

namespace Drover.Cli.Verbs;

/// <summary>The table of `drover inspect BEFORE AFTER`.</summary>
internal static class ComparisonTable
{
    public static void Show(CommandEnvironment environment, PictureModel model, bool all)
    {
        environment.Output.WriteLine(Printable.Of($"{SummaryWording.Title(model)}, before: {model.Sides[0].Origin}; after: {model.Sides[1].Origin}"));
        environment.Output.WriteLine(string.Join(", ", SummaryWording.Figures(model).Select(figure => $"{figure.Number} {figure.Caption}")));
        Printer.Heading(environment, "Capabilities");
        Table table = Printer.Table("Selector", "Kind", "Label", "Badge before", "Badge after", "");
        foreach (PictureRow row in CapabilityTables.Rows(model, all))
        {
            List<CapabilityEntry> named = [.. row.Members.Select(member => member.Named)];
            Printer.Row(
                table,
                CapabilityTables.Selectors(row),
                named[0].Kind ?? "",
                CapabilityTables.Label(named),
                CapabilityTables.Badges(row.Side(0)),
                CapabilityTables.Badges(row.Side(1)),
                ChangeWording.Of(row.Change!.Value));
        }

        Printer.Show(environment, table);
    }
}
