using System.CommandLine;
using Drover.Cli.CommandLine;
using Drover.Cli.Text;
using Drover.Node.Operations;

namespace Drover.Cli.Verbs;

/// <summary>`drover checkpoint`: an image of a running component.</summary>
internal static class CheckpointVerb
{
    public static Command Create(CommandEnvironment environment)
    {
        Argument<string> name = CommonOptions.Component();
        var directory = new Option<string>("--output", "-o")
        {
            Description = "Directory of the image; it is made.",
            HelpName = "DIR",
            Required = true,
        };
        var leaveRunning = new Option<bool>("--leave-running") { Description = "Let the component run on." };
        var parent = new Option<string?>("--parent")
        {
            Description = "Write only what changed since this image of the same running instance; both are needed to restore.",
            HelpName = "DIR",
        };
        Option<string?> node = CommonOptions.Node();
        Option<bool> json = CommonOptions.Json();
        var command = new Command(
            "checkpoint",
            "Writes a component into an image and ends it. If anything fails it runs on as if nothing had happened.")
        {
            name, directory, leaveRunning, parent, node, json,
        };
        command.SetAction(async (parsed, interrupted) =>
        {
            string component = parsed.GetRequiredValue(name);
            ReachedNode reached = await NodeDirectory.FindWithComponentAsync(
                component, parsed.GetValue(node), interrupted);
            CheckpointReport report = await reached.Client.CheckpointAsync(
                new CheckpointRequest(
                    component,
                    Path.GetFullPath(parsed.GetRequiredValue(directory)),
                    parsed.GetValue(leaveRunning),
                    parsed.GetValue(parent) is { } before ? Path.GetFullPath(before) : null),
                interrupted);
            if (parsed.GetValue(json))
                Printer.Json(environment, report, NodeJson.Default.CheckpointReport);
            else
                Show(environment, report, parsed.GetValue(leaveRunning));
            return 0;
        });
        return command;
    }

    private static void Show(CommandEnvironment environment, CheckpointReport report, bool leftRunning)
    {
        environment.Output.WriteLine(
            $"{report.Name} on {report.Node} is in {report.Image.Path} ({ByteCount.Format((ulong)report.Image.Bytes)}).");
        environment.Output.WriteLine(
            $"  {report.Capabilities.Count} capabilities, pause {Milliseconds.Format(report.PauseMs)}, "
            + $"in all {Milliseconds.Format(report.TotalMs)}; {(leftRunning ? "it runs on" : "it has ended here")}.");
    }
}
