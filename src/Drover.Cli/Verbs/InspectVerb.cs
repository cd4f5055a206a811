using System.CommandLine;
using Drover.Cli.CommandLine;
using Drover.Cli.Text;
using Drover.Node;
using Drover.Node.Operations;

namespace Drover.Cli.Verbs;

/// <summary>`drover inspect`: what is known of a live component or of one in an image.</summary>
internal static class InspectVerb
{
    public static Command Create(CommandEnvironment environment)
    {
        var subject = new Argument<string>("NAME|DIR")
        {
            Description = "A component, or the directory of an image (with a '/' in it, or one that exists).",
        };
        Option<string?> node = CommonOptions.Node();
        Option<bool> json = CommonOptions.Json();
        var command = new Command(
            "inspect",
            "Shows sessions, threads, memory, and the capability space beside the capability map and object pool.")
        {
            subject, node, json,
        };
        command.SetAction(async (parsed, interrupted) =>
        {
            string text = parsed.GetRequiredValue(subject);
            bool image = text.Contains('/', StringComparison.Ordinal) || Directory.Exists(text);
            InspectReport report = image
                ? await InspectImageAsync(environment, Path.GetFullPath(text), interrupted)
                : await InspectComponentAsync(text, parsed.GetValue(node), interrupted);
            if (parsed.GetValue(json))
                Printer.Json(environment, report, NodeJson.Default.InspectReport);
            else
                InspectTables.Show(environment, report);
            return 0;
        });
        return command;
    }

    private static async Task<InspectReport> InspectComponentAsync(
        string component, string? node, CancellationToken cancel)
    {
        ReachedNode reached = await NodeDirectory.FindWithComponentAsync(component, node, cancel);
        return await reached.Client.InspectAsync(component, cancel);
    }

    private static async Task<InspectReport> InspectImageAsync(
        CommandEnvironment environment, string directory, CancellationToken cancel)
    {
        // Reading an image needs no running node.
        await using ILocalNode reader = environment.CreateNode(new NodeOptions("inspect"));
        return await reader.InspectImageAsync(directory, cancel);
    }
}
