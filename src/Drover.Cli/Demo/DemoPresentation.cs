using System.Globalization;
using Drover.Cli.CommandLine;
using Drover.Cli.Text;
using Drover.Node.Operations;
using Spectre.Console;

namespace Drover.Cli.Demo;

/// <summary>The demo's result as a person reads it.</summary>
internal static class DemoPresentation
{
    public static void Show(CommandEnvironment environment, DemoReport report, IReadOnlyList<DemoCheck> checks)
    {
        Printer.Heading(environment, "What SheepCounter holds: the same slots, new objects behind them");
        Table table = Printer.Table(
            "Kind", "Label", "Selector", $"Badge on {report.Source.Node}", $"Badge on {report.Target.Node}");
        var after = report.Target.Capabilities.ToLookup(capability => capability.Selector);
        foreach (CapabilityInfo held in report.Source.Capabilities)
        {
            CapabilityInfo? restored = after[held.Selector].FirstOrDefault();
            Printer.Row(table, held.Kind, held.Label, Slot(held), $"{held.Badge:x16}", Badge(held, restored));
        }

        foreach (CapabilityInfo extra in report.Target.Capabilities.ExceptBy(
            report.Source.Capabilities.Select(capability => capability.Selector), capability => capability.Selector))
        {
            Printer.Row(table, extra.Kind, extra.Label, Slot(extra), "-", $"{extra.Badge:x16}");
        }

        Printer.Show(environment, table);
        ShowFigures(environment, report);
        ShowChecks(environment, checks);
    }

    private static void ShowFigures(CommandEnvironment environment, DemoReport report)
    {
        Table table = Printer.Table("", $"On {report.Source.Node}", $"On {report.Target.Node}");
        Printer.Row(
            table,
            "Sheep counted",
            $"{report.Source.LastCount} (last)",
            $"{report.Target.FirstCount} (first)");
        Printer.Row(
            table,
            "Calls answered",
            report.Rpc.BeforeOnSource.ToString(CultureInfo.InvariantCulture),
            report.Rpc.AfterOnTarget.ToString(CultureInfo.InvariantCulture));
        Printer.Row(
            table,
            "Time",
            $"pause {Milliseconds.Format(report.PauseMs)}",
            $"restore {Milliseconds.Format(report.RestoreMs)}");
        Printer.Show(environment, table);
    }

    private static void ShowChecks(CommandEnvironment environment, IReadOnlyList<DemoCheck> checks)
    {
        foreach (DemoCheck check in checks)
            environment.Output.WriteLine($"  {(check.Holds ? "yes" : "NO ")}  {check.Claim}: {check.Found}");
    }

    private static string Slot(CapabilityInfo capability) =>
        capability.Selector.ToString(CultureInfo.InvariantCulture);

    private static string Badge(CapabilityInfo held, CapabilityInfo? restored) => restored switch
    {
        null => "missing",
        _ when restored.Kind != held.Kind => $"{restored.Badge:x16} ({restored.Kind})",
        _ => $"{restored.Badge:x16}",
    };
}
