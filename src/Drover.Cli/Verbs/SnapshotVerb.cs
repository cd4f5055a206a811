using System.CommandLine;
using Drover.Cli.CommandLine;
using Drover.Cli.Text;
using Drover.Node.Operations;

namespace Drover.Cli.Verbs;

/// <summary>`drover snapshot`: keeps a running component in its node's memory as it is, or drops what was kept.</summary>
internal static class SnapshotVerb
{
    public static Command Create(CommandEnvironment environment)
    {
        var name = new Argument<string>("NAME") { Description = "A running component; with --drop, a snapshot." };
        var wanted = new Option<string?>("--as")
        {
            Description = "Name of the snapshot. Default: the component's name with '@' and a number.",
            HelpName = "SNAPSHOT",
        };
        var drop = new Option<bool>("--drop") { Description = "Drop the snapshot NAME instead." };
        Option<string?> node = CommonOptions.Node();
        Option<bool> json = CommonOptions.Json();
        var command = new Command("snapshot", "Keeps a component in memory as it is at this moment; it runs on. The snapshot is there until it is dropped, or its node ends.")
        {
            name, wanted, drop, node, json,
        };
        command.SetAction(async (parsed, interrupted) =>
        {
            string which = parsed.GetRequiredValue(name);
            if (parsed.GetValue(drop))
                return await DropAsync(environment, which, parsed.GetValue(node), parsed.GetValue(json), interrupted);
            ReachedNode reached = await NodeDirectory.FindWithComponentAsync(which, parsed.GetValue(node), interrupted);
            SnapshotReport report = await reached.Client.SnapshotAsync(new SnapshotRequest(which, parsed.GetValue(wanted)), interrupted);
            if (parsed.GetValue(json))
                Printer.Json(environment, report, NodeJson.Default.SnapshotReport);
            else
                Show(environment, report);
            return 0;
        });
        return command;
    }

    private static async Task<int> DropAsync(CommandEnvironment environment, string snapshot, string? node, bool json, CancellationToken cancel)
    {
        ReachedNode reached = await NodeDirectory.FindWithSnapshotAsync(snapshot, node, cancel);
        await reached.Client.DropSnapshotAsync(snapshot, cancel);
        if (json)
            Printer.Json(environment, new DroppedSnapshot(reached.Info.Name, snapshot), CliJson.Default.DroppedSnapshot);
        else
            environment.Output.WriteLine($"{snapshot} on {reached.Info.Name} was dropped.");
        return 0;
    }

    private static void Show(CommandEnvironment environment, SnapshotReport report)
    {
        environment.Output.WriteLine($"{report.Name} on {report.Node} is kept as {report.Snapshot}.");
        environment.Output.WriteLine(
            $"  {report.Capabilities.Count} capabilities, pause {Milliseconds.Format(report.PauseMs)}, "
            + $"in all {Milliseconds.Format(report.TotalMs)}; it runs on.");
    }
}
