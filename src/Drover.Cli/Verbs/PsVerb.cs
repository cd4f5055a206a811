using System.CommandLine;
using System.Globalization;
using Drover.Cli.CommandLine;
using Drover.Cli.Text;
using Drover.Node.Operations;
using Spectre.Console;

namespace Drover.Cli.Verbs;

/// <summary>`drover ps`: the components of all nodes, or of one.</summary>
internal static class PsVerb
{
    public static Command Create(CommandEnvironment environment)
    {
        Option<string?> node = CommonOptions.Node();
        Option<bool> json = CommonOptions.Json();
        var command = new Command("ps", "Lists the components of the nodes that run on this machine.") { node, json };
        command.SetAction(async (parsed, interrupted) =>
        {
            IReadOnlyList<ReachedNode> nodes = await NodeDirectory.ListAsync(parsed.GetValue(node), interrupted);
            if (nodes.Count == 0)
                throw NodeDirectory.NoNode();
            var listed = new List<ListedComponent>();
            foreach (ReachedNode reached in nodes)
            {
                IReadOnlyList<ComponentInfo> components = await reached.Client.ListAsync(interrupted);
                listed.AddRange(components.Select(component => new ListedComponent(reached.Info.Name, component)));
            }

            if (parsed.GetValue(json))
                Printer.Json(environment, listed, CliJson.Default.IReadOnlyListListedComponent);
            else
                Show(environment, nodes, listed);
            return 0;
        });
        return command;
    }

    private static void Show(
        CommandEnvironment environment, IReadOnlyList<ReachedNode> nodes, List<ListedComponent> listed)
    {
        if (listed.Count == 0)
        {
            environment.Output.WriteLine($"No components on {string.Join(", ", nodes.Select(node => node.Info.Name))}.");
            return;
        }

        Table table = Printer.Table("Component", "Node", "State", "Process", "RAM", "Capabilities", "Since", "Program");
        foreach ((string node, ComponentInfo component) in listed)
        {
            Printer.Row(
                table,
                component.Name,
                node,
                component.Exit is { } exit ? ExitText.Describe(exit) : component.Restored ? "running, restored" : "running",
                component.ProcessId == 0 ? "" : component.ProcessId.ToString(CultureInfo.InvariantCulture),
                Ram(component.Quota),
                $"{component.Quota.CapabilitiesUsed} of {component.Quota.CapabilityLimit}",
                component.StartedAt.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
                component.Program);
        }

        Printer.Show(environment, table);
    }

    private static string Ram(QuotaInfo quota) =>
        $"{ByteCount.Format(quota.RamUsedBytes)} of {ByteCount.Format(quota.RamLimitBytes)}";
}
