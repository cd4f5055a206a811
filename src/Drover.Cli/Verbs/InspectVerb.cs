using System.CommandLine;
using System.Text;
using Drover.Cli.CommandLine;
using Drover.Cli.Pictures;
using Drover.Cli.Pictures.Model;
using Drover.Cli.Text;
using Drover.Node;
using Drover.Node.Operations;

namespace Drover.Cli.Verbs;

/// <summary>`drover inspect`: what is known of a live component or of one in an image, or of two of them.</summary>
internal static class InspectVerb
{
    private const string StandardOutput = "-";

    public static Command Create(CommandEnvironment environment)
    {
        var subjects = new Argument<string[]>("NAME|DIR")
        {
            Description = "A component, or the directory of an image (with a '/' in it, or one that exists). "
                + "Two of them are compared: the first is before, the second after.",
            Arity = new ArgumentArity(1, 2),
        };
        var picture = new Option<string?>("--svg")
        {
            Description = "Draw capability map, object pool and capability space into this file, which is replaced if it is there; '-' prints it.",
            HelpName = "FILE",
        };
        var all = new Option<bool>("--all")
        {
            Description = "Give each capability a line of its own, however many there are.",
        };
        Option<string?> node = CommonOptions.Node();
        Option<bool> json = CommonOptions.Json();
        var command = new Command(
            "inspect",
            "Shows sessions, threads, memory, and the capability space beside the capability map and object pool.")
        {
            subjects, picture, all, node, json,
        };
        command.SetAction(async (parsed, interrupted) =>
        {
            string[] given = parsed.GetRequiredValue(subjects);
            if (given is [{ } only] && IsImage(only) && NodeImages.IsGroup(Path.GetFullPath(only)))
            {
                if (parsed.GetValue(picture) is not null)
                    throw new NodeOperationException(NodeErrorCode.InvalidRequest, "Only one component can be drawn.", "Give the directory of one member of the group, which lies in it.");
                await InspectGroupAsync(environment, Path.GetFullPath(only), parsed.GetValue(all), parsed.GetValue(json), interrupted);
                return 0;
            }

            var reports = new List<InspectReport>();
            foreach (string subject in given)
                reports.Add(await InspectAsync(environment, subject, parsed.GetValue(node), interrupted));
            if (parsed.GetValue(picture) is { } file)
                Draw(environment, reports, file, parsed.GetValue(json));
            else if (!parsed.GetValue(json))
                Show(environment, reports, parsed.GetValue(all));
            if (parsed.GetValue(json))
                Print(environment, reports);
            return 0;
        });
        command.Validators.Add(result =>
        {
            if (result.GetValue(json) && result.GetValue(picture) == StandardOutput)
                result.AddError("--json and '--svg -' both want standard output.");
        });
        return command;
    }

    private static bool IsImage(string subject) => subject.Contains('/', StringComparison.Ordinal) || Directory.Exists(subject);

    /// <summary>Each member in turn.</summary>
    private static async Task InspectGroupAsync(
        CommandEnvironment environment, string directory, bool all, bool json, CancellationToken cancel)
    {
        var reports = new List<InspectReport>();
        foreach (string member in NodeImages.Members(directory))
            reports.Add(await InspectImageAsync(environment, member, cancel));
        if (json)
        {
            Printer.Json(environment, new InspectGroup(reports), CliJson.Default.InspectGroup);
            return;
        }

        foreach (InspectReport report in reports)
            InspectTables.Show(environment, report, all);
    }

    private static void Draw(CommandEnvironment environment, List<InspectReport> reports, string file, bool quiet)
    {
        PictureModel model = reports.Count == 1 ? PictureModel.Of(reports[0]) : PictureModel.Of(reports[0], reports[1]);
        if (file == StandardOutput)
        {
            environment.Output.WriteLine(Encoding.UTF8.GetString(PictureFile.Bytes(model)));
            return;
        }

        PictureFile.Write(model, file);
        if (!quiet)
            environment.Output.WriteLine($"{model.Members.Count()} selectors of {Printable.Of(model.Name)} are drawn in {file}.");
    }

    private static void Show(CommandEnvironment environment, List<InspectReport> reports, bool all)
    {
        if (reports.Count == 1)
            InspectTables.Show(environment, reports[0], all);
        else
            ComparisonTable.Show(environment, PictureModel.Of(reports[0], reports[1]), all);
    }

    private static void Print(CommandEnvironment environment, List<InspectReport> reports)
    {
        if (reports.Count == 1)
            Printer.Json(environment, reports[0], NodeJson.Default.InspectReport);
        else
            Printer.Json(environment, new InspectComparison(reports[0], reports[1]), CliJson.Default.InspectComparison);
    }

    private static Task<InspectReport> InspectAsync(
        CommandEnvironment environment, string subject, string? node, CancellationToken cancel) =>
        IsImage(subject)
            ? InspectImageAsync(environment, Path.GetFullPath(subject), cancel)
            : InspectComponentAsync(subject, node, cancel);

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
