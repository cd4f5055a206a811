using System.CommandLine;
using Drover.Cli.CommandLine;
using Drover.Cli.Text;
using Drover.Node;
using Drover.Node.Operations;

namespace Drover.Cli.Verbs;

/// <summary>`drover image`: what can be done with images without a node.</summary>
internal static class ImageVerb
{
    public static Command Create(CommandEnvironment environment) => new("image", "Checks images, and folds chains of delta images.")
    {
        CreateVerify(environment),
        CreateMerge(environment),
    };

    private static Command CreateVerify(CommandEnvironment environment)
    {
        Argument<string> directory = Directory();
        Option<bool> json = CommonOptions.Json();
        var command = new Command("verify", "Reads an image, and all that it builds upon, and compares every checksum.")
        {
            directory, json,
        };
        command.SetAction(async (parsed, interrupted) =>
        {
            string path = Path.GetFullPath(parsed.GetRequiredValue(directory));
            ImageReport report = await Task.Run(() => ImageFiles.Verify(path, interrupted), interrupted);
            if (parsed.GetValue(json))
                Printer.Json(environment, report, NodeJson.Default.ImageReport);
            else
                environment.Output.WriteLine($"{path} is whole: {Describe(report)}.");
            return 0;
        });
        return command;
    }

    private static Command CreateMerge(CommandEnvironment environment)
    {
        Argument<string> directory = Directory();
        var target = new Option<string>("--output", "-o")
        {
            Description = "Directory of the complete image; it is made.",
            HelpName = "DIR",
            Required = true,
        };
        Option<bool> json = CommonOptions.Json();
        var command = new Command(
            "merge",
            "Writes what a delta image and those that it builds upon hold into one complete image, which can take the delta's place. "
                + "The chain stays as it is.")
        {
            directory, target, json,
        };
        command.SetAction(async (parsed, interrupted) =>
        {
            string path = Path.GetFullPath(parsed.GetRequiredValue(directory));
            ImageReport report = await Task.Run(
                () => ImageFiles.MergeAsync(path, Path.GetFullPath(parsed.GetRequiredValue(target)), interrupted), interrupted);
            if (parsed.GetValue(json))
                Printer.Json(environment, report, NodeJson.Default.ImageReport);
            else
                environment.Output.WriteLine($"{Describe(report)} are in {report.Merged!.Path} ({Bytes(report.Merged)}).");
            return 0;
        });
        return command;
    }

    private static Argument<string> Directory() => new("DIR") { Description = "The directory of an image." };

    private static string Describe(ImageReport report) =>
        $"{Printable.Of(report.Component)} of {Printable.Of(report.Node)}, "
        + (report.Chain.Count == 1
            ? Bytes(report.Chain[0])
            : $"{report.Chain.Count} images ({string.Join(" + ", report.Chain.Reverse().Select(Bytes))})");

    private static string Bytes(ImageInfo image) => ByteCount.Format((ulong)image.Bytes);
}
