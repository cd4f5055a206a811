using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Drover.Cli.CommandLine;
using Spectre.Console;
using Spectre.Console.Rendering;
using PlainText = Spectre.Console.Text;

namespace Drover.Cli.Text;

/// <summary>Prints data as tables for people and as JSON for programs.</summary>
internal static class Printer
{
    public static void Json<T>(CommandEnvironment environment, T value, JsonTypeInfo<T> type)
    {
        var options = new JsonSerializerOptions(type.Options) { WriteIndented = true };
        environment.Output.WriteLine(JsonSerializer.Serialize(value, options.GetTypeInfo(typeof(T))));
    }

    public static Table Table(params string[] columns)
    {
        Table table = new Table().Border(TableBorder.Rounded);
        foreach (string column in columns)
            table.AddColumn(new TableColumn(new PlainText(column)) { NoWrap = true });
        return table;
    }

    /// <summary>Adds a row of plain text: nothing that a component chose is read as markup.</summary>
    public static void Row(Table table, params string[] cells) =>
        table.AddRow(cells.Select(cell => new PlainText(Printable.Of(cell))));

    public static void Show(CommandEnvironment environment, IRenderable what) =>
        Console(environment).Write(what);

    /// <summary>A line of its own above a table.</summary>
    public static void Heading(CommandEnvironment environment, string text)
    {
        environment.Output.WriteLine();
        environment.Output.WriteLine(text);
    }

    private static IAnsiConsole Console(CommandEnvironment environment)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = environment.Colours ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = environment.Colours ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(environment.Output),
        });
        console.Profile.Width = environment.Columns;
        console.Profile.Capabilities.Unicode = true;
        return console;
    }
}
