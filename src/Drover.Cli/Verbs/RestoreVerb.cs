using System.CommandLine;
using Drover.Cli.CommandLine;
using Drover.Cli.Text;
using Drover.Node;
using Drover.Node.Operations;

namespace Drover.Cli.Verbs;

/// <summary>`drover restore`: a component goes on from an image.</summary>
internal static class RestoreVerb
{
    public static Command Create(CommandEnvironment environment)
    {
        var directory = new Argument<string>("DIR") { Description = "Directory of the image, of one component or of a group. It is not changed." };
        var name = new Option<string?>("--name") { Description = "Name of the component here. Default: the recorded one." };
        PeriodicOptions periodic = new(needsDirectory: true);
        var lazy = new Option<bool>("--lazy")
        {
            Description = "Let it run before its memory is there: pages come from the image when they are needed, the others in the background. "
                + "A damaged page is noticed only then, and ends the component.",
        };
        Option<string?> node = CommonOptions.Node();
        Option<bool> json = CommonOptions.Json();
        var command = new Command("restore", "Lets a component go on from an image, on this or another node.")
        {
            directory, name, lazy, node, json,
        };
        periodic.AddTo(command);
        command.SetAction(async (parsed, interrupted) =>
        {
            ReachedNode reached = await NodeDirectory.FindAsync(parsed.GetValue(node), interrupted);
            string path = Path.GetFullPath(parsed.GetRequiredValue(directory));
            if (NodeImages.IsGroup(path))
            {
                if (parsed.GetValue(name) is not null)
                    throw new NodeOperationException(NodeErrorCode.InvalidRequest, "The components of a group keep their names.", "Leave out --name.");
                if (periodic.Read(parsed, "") is not null)
                    throw new NodeOperationException(NodeErrorCode.InvalidRequest, "Groups are not checkpointed periodically.", "Leave out --checkpoint-every.");
                GroupRestoreReport group = await reached.Client.RestoreGroupAsync(new GroupRestoreRequest(path, parsed.GetValue(lazy)), interrupted);
                if (parsed.GetValue(json))
                    Printer.Json(environment, group, NodeJson.Default.GroupRestoreReport);
                else
                    Show(environment, group);
                return 0;
            }

            RestoreRequest request = new(path, parsed.GetValue(name), parsed.GetValue(lazy)) { Checkpoints = periodic.Read(parsed, "") };
            RestoreReport report = await reached.Client.RestoreAsync(request, interrupted);
            if (parsed.GetValue(json))
            {
                Printer.Json(environment, report, NodeJson.Default.RestoreReport);
                return 0;
            }

            environment.Output.WriteLine(
                $"{report.Name} goes on on {report.Node} as process {report.ProcessId}, "
                + $"{Milliseconds.Format(report.RestoreMs)} after the request, with {report.Capabilities.Count} capabilities.");
            return 0;
        });
        return command;
    }

    private static void Show(CommandEnvironment environment, GroupRestoreReport report)
    {
        foreach (RestoreReport member in report.Members)
        {
            environment.Output.WriteLine(
                $"{member.Name} goes on on {member.Node} as process {member.ProcessId}, with {member.Capabilities.Count} capabilities.");
        }

        environment.Output.WriteLine($"All {report.Members.Count} do so since {Milliseconds.Format(report.RestoreMs)} after the request.");
    }
}
