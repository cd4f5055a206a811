using System.CommandLine;
using System.Globalization;
using Drover.Cli.CommandLine;
using Drover.Cli.Text;
using Drover.Node.Operations;
using Spectre.Console;

namespace Drover.Cli.Verbs;

/// <summary>`drover checkpoints`: what came of a component's periodic checkpoints.</summary>
internal static class CheckpointsVerb
{
    /// <summary>Of all that are remembered the newest ones are shown.</summary>
    private const int Shown = 10;

    public static Command Create(CommandEnvironment environment)
    {
        Argument<string> name = CommonOptions.Component();
        Option<string?> node = CommonOptions.Node();
        Option<bool> json = CommonOptions.Json();
        var command = new Command("checkpoints", "Shows the periodic checkpoints of a component: its pauses, and the images to restore.")
        {
            name, node, json,
        };
        command.SetAction(async (parsed, interrupted) =>
        {
            string component = parsed.GetRequiredValue(name);
            ReachedNode reached = await NodeDirectory.FindWithComponentAsync(component, parsed.GetValue(node), interrupted);
            PeriodicReport report = await reached.Client.ListCheckpointsAsync(component, interrupted);
            if (parsed.GetValue(json))
                Printer.Json(environment, report, NodeJson.Default.PeriodicReport);
            else
                Show(environment, report);
            return 0;
        });
        return command;
    }

    /// <summary>Says in a line or two what came of them.</summary>
    public static void Summarise(TextWriter writer, PeriodicReport report)
    {
        writer.WriteLine(report.Pauses is { } pauses
            ? $"drover: {report.Taken} checkpoints every {Milliseconds.Format(report.Request.EveryMs)}: pause {Pauses(pauses)}{Troubles(report)}."
            : $"drover: no checkpoint was taken{Troubles(report)}.");
        if (report.Failure is { } failure)
            writer.WriteLine($"  The last one was given up: {Printable.Of(failure)}");
        if (report.Images.Count > 0)
            writer.WriteLine($"  'drover restore {Printable.Of(report.Request.Directory)}' goes on from the newest.");
    }

    private static void Show(CommandEnvironment environment, PeriodicReport report)
    {
        Summarise(environment.Output, report);
        if (report.Checkpoints.Count == 0)
            return;
        HashSet<string?> kept = [.. report.Images.Select(Path.GetFileName)];
        Table table = Printer.Table("Image", "At", "Holds", "Size", "Pause", "In all", "To restore");
        foreach (PeriodicCheckpoint taken in report.Checkpoints.TakeLast(Shown))
        {
            Printer.Row(
                table,
                taken.Image,
                taken.At.ToLocalTime().ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture),
                taken.IsDelta ? "changes" : "all",
                ByteCount.Format((ulong)taken.Bytes),
                Milliseconds.Format(taken.PauseMs),
                Milliseconds.Format(taken.TotalMs),
                kept.Contains(taken.Image) ? "yes" : "");
        }

        Printer.Show(environment, table);
    }

    private static string Pauses(PauseSummary pauses) =>
        $"median {Milliseconds.Format(pauses.MedianMs)}, 95 of 100 within {Milliseconds.Format(pauses.HighMs)}, most {Milliseconds.Format(pauses.MostMs)}";

    private static string Troubles(PeriodicReport report) =>
        (report.Skipped > 0 ? $"; {report.Skipped} turns passed over" : "") + (report.Failed > 0 ? $"; {report.Failed} given up" : "");
}
