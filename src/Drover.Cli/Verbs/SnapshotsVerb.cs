using System.CommandLine;
using System.Globalization;
using Drover.Cli.CommandLine;
using Drover.Cli.Text;
using Drover.Node.Operations;
using Spectre.Console;

namespace Drover.Cli.Verbs;

/// <summary>`drover snapshots`: what all nodes, or one, keep in memory.</summary>
internal static class SnapshotsVerb
{
    public static Command Create(CommandEnvironment environment)
    {
        var component = new Argument<string?>("NAME") { Description = "Only those of this component.", Arity = ArgumentArity.ZeroOrOne };
        Option<string?> node = CommonOptions.Node();
        Option<bool> json = CommonOptions.Json();
        var command = new Command("snapshots", "Lists the snapshots that the nodes of this machine keep in memory.") { component, node, json };
        command.SetAction(async (parsed, interrupted) =>
        {
            IReadOnlyList<ReachedNode> nodes = await NodeDirectory.ListAsync(parsed.GetValue(node), interrupted);
            if (nodes.Count == 0)
                throw NodeDirectory.NoNode();
            string? only = parsed.GetValue(component);
            var listed = new List<ListedSnapshot>();
            foreach (ReachedNode reached in nodes)
            {
                IReadOnlyList<SnapshotInfo> snapshots = await reached.Client.ListSnapshotsAsync(interrupted);
                listed.AddRange(snapshots.Where(snapshot => only is null || snapshot.Component == only)
                    .Select(snapshot => new ListedSnapshot(reached.Info.Name, snapshot)));
            }

            if (parsed.GetValue(json))
                Printer.Json(environment, listed, CliJson.Default.IReadOnlyListListedSnapshot);
            else
                Show(environment, nodes, listed);
            return 0;
        });
        return command;
    }

    private static void Show(CommandEnvironment environment, IReadOnlyList<ReachedNode> nodes, List<ListedSnapshot> listed)
    {
        if (listed.Count == 0)
        {
            environment.Output.WriteLine($"No snapshots on {string.Join(", ", nodes.Select(node => node.Info.Name))}.");
            return;
        }

        Table table = Printer.Table("Snapshot", "Component", "Node", "Taken", "Memory", "Pause");
        foreach ((string node, SnapshotInfo snapshot) in listed)
        {
            Printer.Row(
                table,
                snapshot.Name,
                snapshot.Component,
                node,
                snapshot.TakenAt.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
                ByteCount.Format(snapshot.MemoryBytes),
                Milliseconds.Format(snapshot.PauseMs));
        }

        Printer.Show(environment, table);
    }
}
