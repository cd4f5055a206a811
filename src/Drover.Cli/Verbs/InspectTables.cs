using System.Globalization;
using Drover.Cli.CommandLine;
using Drover.Cli.Text;
using Drover.Node.Operations;
using Spectre.Console;

namespace Drover.Cli.Verbs;

/// <summary>The tables of `drover inspect`.</summary>
internal static class InspectTables
{
    public static void Show(CommandEnvironment environment, InspectReport report)
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
        ShowCapabilities(environment, report);
        ShowObjectPool(environment, report);
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

    private static void ShowCapabilities(CommandEnvironment environment, InspectReport report)
    {
        Printer.Heading(
            environment, "Capabilities: what core holds (capability space) beside what the component noted (capability map)");
        Table table = Printer.Table("Selector", "Kind", "Label", "Badge", "Map: badge", "Owners", "Deliveries", "");
        foreach (CapabilitySlotInfo slot in report.Capabilities)
        {
            Printer.Row(
                table,
                Text(slot.Selector),
                slot.Held?.Kind ?? "",
                slot.Held?.Label ?? "",
                slot.Held is { } held ? Badge(held.Badge) : "",
                slot.Map is { } map ? Badge(map.Badge) : "",
                slot.Map is { } counts ? Text(counts.Owners) : "",
                slot.Map is { } delivered ? Text(delivered.Deliveries) : "",
                Agreement(slot));
        }

        Printer.Show(environment, table);
    }

    private static void ShowObjectPool(CommandEnvironment environment, InspectReport report)
    {
        Printer.Heading(environment, $"Object pool: what the component serves ({report.ObjectPool.Count})");
        Table table = Printer.Table("Label", "Badge", "Selector");
        foreach (ObjectPoolEntryInfo entry in report.ObjectPool)
            Printer.Row(table, Text(entry.Label), Badge(entry.Badge), Text(entry.Selector));
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

    private static string Agreement(CapabilitySlotInfo slot) => (slot.Held, slot.Map) switch
    {
        (null, _) => "no such capability",
        (_, null) => "",
        ({ } held, { } map) => held.Badge == map.Badge ? "agree" : "differ",
    };

    private static string Badge(ulong badge) => $"{badge:x16}";

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
