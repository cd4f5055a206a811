using System.CommandLine;
using Drover.Cli.CommandLine;
using Drover.Cli.Text;
using Drover.Node.Operations;

namespace Drover.Cli.Verbs;

/// <summary>`drover rollback`: a component becomes what it was.</summary>
internal static class RollbackVerb
{
    public static Command Create(CommandEnvironment environment)
    {
        var name = new Argument<string>("NAME") { Description = "The component. One that has ended is started again." };
        var snapshot = new Argument<string?>("SNAPSHOT")
        {
            Description = "What it is to become again. Default: the latest snapshot of it.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        Option<string?> node = CommonOptions.Node();
        Option<bool> json = CommonOptions.Json();
        var command = new Command("rollback", "Puts what a component was at a snapshot in the place of what it is. The snapshot stays.")
        {
            name, snapshot, node, json,
        };
        command.SetAction(async (parsed, interrupted) =>
        {
            string component = parsed.GetRequiredValue(name);
            string? wanted = parsed.GetValue(snapshot);
            ReachedNode reached = wanted is null
                ? await NodeDirectory.FindWithComponentAsync(component, parsed.GetValue(node), interrupted)
                : await NodeDirectory.FindWithSnapshotAsync(wanted, parsed.GetValue(node), interrupted);
            RollbackReport report = await reached.Client.RollBackAsync(new RollbackRequest(component, wanted), interrupted);
            if (parsed.GetValue(json))
            {
                Printer.Json(environment, report, NodeJson.Default.RollbackReport);
                return 0;
            }

            environment.Output.WriteLine(
                $"{report.Name} on {report.Node} goes on from {report.Snapshot} as process {report.ProcessId}, "
                + $"{Milliseconds.Format(report.RollbackMs)} after the request.");
            return 0;
        });
        return command;
    }
}
