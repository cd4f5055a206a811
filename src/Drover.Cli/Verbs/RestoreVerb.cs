using System.CommandLine;
using Drover.Cli.CommandLine;
using Drover.Cli.Text;
using Drover.Node.Operations;

namespace Drover.Cli.Verbs;

/// <summary>`drover restore`: a component goes on from an image.</summary>
internal static class RestoreVerb
{
    public static Command Create(CommandEnvironment environment)
    {
        var directory = new Argument<string>("DIR") { Description = "Directory of the image. It is not changed." };
        var name = new Option<string?>("--name") { Description = "Name of the component here. Default: the recorded one." };
        Option<string?> node = CommonOptions.Node();
        Option<bool> json = CommonOptions.Json();
        var command = new Command("restore", "Lets a component go on from an image, on this or another node.")
        {
            directory, name, node, json,
        };
        command.SetAction(async (parsed, interrupted) =>
        {
            ReachedNode reached = await NodeDirectory.FindAsync(parsed.GetValue(node), interrupted);
            RestoreReport report = await reached.Client.RestoreAsync(
                new RestoreRequest(Path.GetFullPath(parsed.GetRequiredValue(directory)), parsed.GetValue(name)),
                interrupted);
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
}
