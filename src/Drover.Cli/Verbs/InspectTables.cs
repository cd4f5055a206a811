using System.Globalization;
using Drover.Cli.CommandLine;
using Drover.Cli.Pictures.Model;
using Drover.Cli.Text;
using Drover.Node.Operations;
using Spectre.Console;

namespace Drover.Cli.Verbs;

/// <summary>The tables of `drover inspect`.</summary>
internal static class InspectTables
{
    /// <param name="all">Each selector on a line of its own, however many there are.</param>
    public static void Show(CommandEnvironment environment, InspectReport report, bool all)
    {
        string where = report.Image is { } image
            ? $"image {image.Path} ({ByteCount.Format((ulong)image.Bytes)}), made on {report.Node}"
            : $"on {report.Node}";
        environment.Output.WriteLine(Printable.Of($"{report.Name}, {where}: {report.Program}"));
        environment.Output.WriteLine(
            $"RAM {ByteCount.Format(report.Quota.RamUsedBytes)} of {ByteCount.Format(report.Quota.RamLimitBytes)}, "
            + $"capabilities {report.Quota.CapabilitiesUsed} of {report.Quota.CapabilityLimit}");
        ShowSessions(environment, report.Sessions);
        ShowThreads(environment, report.Threads);
        CapabilityTables.Show(environment, PictureModel.Of(report), all);
        ShowMemory(environment, report.Memory);
    }

    private static void ShowSessions(CommandEnvironment environment, IReadOnlyList<SessionInfo> sessions)
    {
        Printer.Heading(environment, "Sessions");
        Table table = Printer.Table("Service", "Label", "Arguments", "Upgrades");
        foreach (SessionInfo session in sessions)
            Printer.Row(table, session.Service, session.Label, session.Arguments, session.Upgrades);
        Printer.Show(environment, table);
    }

    private static void ShowThreads(CommandEnvironment environment, IReadOnlyList<ThreadInfo> threads)
    {
        Printer.Heading(environment, $"Threads ({threads.Count})");
        Table table = Printer.Table("Id", "Name", "State");
        foreach (ThreadInfo thread in threads)
            Printer.Row(table, Text(thread.ThreadId), thread.Name, thread.State);
        Printer.Show(environment, table);
    }

    private static void ShowMemory(CommandEnvironment environment, IReadOnlyList<MemoryInfo> memory)
    {
        Printer.Heading(environment, $"Memory ({memory.Count} mappings)");
        Table table = Printer.Table("From", "To", "Length", "Rights", "Kind", "Name");
        foreach (MemoryInfo mapping in memory)
        {
            Printer.Row(
                table,
                $"{mapping.Start:x12}",
                $"{mapping.End:x12}",
                ByteCount.Format(mapping.End - mapping.Start),
                mapping.Protection,
                mapping.Backing,
                mapping.Name);
        }

        Printer.Show(environment, table);
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
