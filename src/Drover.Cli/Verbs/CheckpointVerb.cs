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
        var names = new Argument<string[]>("NAME")
        {
            Description = "A running component, or several: these are written as of one moment into one image.",
            Arity = ArgumentArity.OneOrMore,
        };
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
        var preCopy = new Option<bool>("--pre-copy") { Description = "Copy most of the memory while the component runs, for a shorter pause." };
        var compress = new Option<bool>("--compress") { Description = "Compress the image's content (zstd). It takes longer, but the pause does not." };
        Option<string?> node = CommonOptions.Node();
        Option<bool> json = CommonOptions.Json();
        var command = new Command(
            "checkpoint",
            "Writes a component, or several as a group, into an image and ends them. If anything fails they run on as if nothing had happened.")
        {
            names, directory, leaveRunning, parent, preCopy, compress, node, json,
        };
        command.SetAction(async (parsed, interrupted) =>
        {
            string[] components = parsed.GetRequiredValue(names);
            if (components.Length > 1)
            {
                if (parsed.GetValue(parent) is not null)
                {
                    throw new NodeOperationException(
                        NodeErrorCode.InvalidRequest,
                        "The image of a group builds upon no other: it is complete each time.",
                        "Leave out --parent (--pre-copy and --compress work), or checkpoint one component.");
                }


                GroupCheckpointRequest request = new(
                    components, Path.GetFullPath(parsed.GetRequiredValue(directory)), parsed.GetValue(leaveRunning), parsed.GetValue(preCopy), parsed.GetValue(compress));
                GroupCheckpointReport group = await CheckpointGroupAsync(request, parsed.GetValue(node), interrupted);
                if (parsed.GetValue(json))
                    Printer.Json(environment, group, NodeJson.Default.GroupCheckpointReport);
                else
                    Show(environment, group, parsed.GetValue(leaveRunning));
                return 0;
            }

            string component = components[0];
            ReachedNode reached = await NodeDirectory.FindWithComponentAsync(
                component, parsed.GetValue(node), interrupted);
            CheckpointReport report = await reached.Client.CheckpointAsync(
                new CheckpointRequest(
                    component,
                    Path.GetFullPath(parsed.GetRequiredValue(directory)),
                    parsed.GetValue(leaveRunning),
                    parsed.GetValue(parent) is { } before ? Path.GetFullPath(before) : null,
                    parsed.GetValue(preCopy),
                    parsed.GetValue(compress)),
                interrupted);
            if (parsed.GetValue(json))
                Printer.Json(environment, report, NodeJson.Default.CheckpointReport);
            else
                Show(environment, report, parsed.GetValue(leaveRunning));
            return 0;
        });
        return command;
    }

    private static async Task<GroupCheckpointReport> CheckpointGroupAsync(GroupCheckpointRequest request, string? node, CancellationToken cancel)
    {
        // All are on one node, so that of the first will do; it says so if it does not know another.
        ReachedNode reached = await NodeDirectory.FindWithComponentAsync(request.Names[0], node, cancel);
        return await reached.Client.CheckpointGroupAsync(request, cancel);
    }

    private static void Show(CommandEnvironment environment, GroupCheckpointReport report, bool leftRunning)
    {
        environment.Output.WriteLine(
            $"{report.Members.Count} components on {report.Node} are in {report.Image.Path} ({ByteCount.Format((ulong)report.Image.Bytes)}), as of one moment.");
        foreach (CheckpointReport member in report.Members)
        {
            string copied = member.Rounds is { } rounds ? $"; copied while it ran: {Describe(rounds)}" : "";
            environment.Output.WriteLine($"  {member.Name}: {member.Capabilities.Count} capabilities, {ByteCount.Format((ulong)member.Image.Bytes)}{copied}");
        }

        environment.Output.WriteLine(
            $"  Pause {Milliseconds.Format(report.PauseMs)}, in all {Milliseconds.Format(report.TotalMs)}; {(leftRunning ? "they run on" : "they have ended here")}.");
    }

    private static void Show(CommandEnvironment environment, CheckpointReport report, bool leftRunning)
    {
        environment.Output.WriteLine(
            $"{report.Name} on {report.Node} is in {report.Image.Path} ({ByteCount.Format((ulong)report.Image.Bytes)}).");
        environment.Output.WriteLine(
            $"  {report.Capabilities.Count} capabilities, pause {Milliseconds.Format(report.PauseMs)}, "
            + $"in all {Milliseconds.Format(report.TotalMs)}; {(leftRunning ? "it runs on" : "it has ended here")}.");
        if (report.Rounds is { } rounds)
            environment.Output.WriteLine($"  Copied while it ran: {Describe(rounds)}.");
    }

    private static string Describe(IReadOnlyList<PreCopyRoundInfo> rounds) =>
        string.Join(", ", rounds.Select(round => $"{ByteCount.Format((ulong)round.Bytes)} in {Milliseconds.Format(round.Ms)}"));
}
