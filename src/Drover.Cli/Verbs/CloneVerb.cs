using System.CommandLine;
using Drover.Cli.CommandLine;
using Drover.Cli.Text;
using Drover.Node.Operations;

namespace Drover.Cli.Verbs;

/// <summary>`drover clone`: more instances of a component, all from one moment.</summary>
internal static class CloneVerb
{
    public static Command Create(CommandEnvironment environment)
    {
        var source = new Argument<string>("NAME|SNAPSHOT") { Description = "A running component, which runs on, or a snapshot." };
        var name = new Option<string?>("--name") { Description = "Name of the clone; several are numbered. Default: the component's name with the next free number." };
        var count = new Option<int>("--count") { Description = "How many to make.", DefaultValueFactory = _ => 1 };
        Option<string?> node = CommonOptions.Node();
        Option<bool> json = CommonOptions.Json();
        var command = new Command("clone", "Makes components that go on from where another one is, or was at a snapshot.") { source, name, count, node, json };
        command.SetAction(async (parsed, interrupted) =>
        {
            string which = parsed.GetRequiredValue(source);
            ReachedNode reached = which.Contains('@', StringComparison.Ordinal)
                ? await NodeDirectory.FindWithSnapshotAsync(which, parsed.GetValue(node), interrupted)
                : await NodeDirectory.FindWithSourceAsync(which, parsed.GetValue(node), interrupted);
            CloneReport report = await reached.Client.CloneAsync(
                new CloneRequest(which, parsed.GetValue(name), parsed.GetValue(count)), interrupted);
            if (parsed.GetValue(json))
                Printer.Json(environment, report, NodeJson.Default.CloneReport);
            else
                Show(environment, report);
            return 0;
        });
        return command;
    }

    private static void Show(CommandEnvironment environment, CloneReport report)
    {
        foreach (RestoreReport clone in report.Clones)
        {
            environment.Output.WriteLine(
                $"{clone.Name} goes on from {report.Source} on {report.Node} as process {clone.ProcessId}, with {clone.Capabilities.Count} capabilities.");
        }

        string pause = report.PauseMs is { } milliseconds ? $"; {report.Source} stood still for {Milliseconds.Format(milliseconds)}" : "";
        environment.Output.WriteLine($"  In all {Milliseconds.Format(report.TotalMs)}{pause}.");
    }
}
