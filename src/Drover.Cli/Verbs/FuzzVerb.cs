using System.CommandLine;
using System.Globalization;

namespace Drover.Cli.Verbs;

/// <summary>`drover fuzz`: plays components and images that are enemies; a program of its own that lies beside this one.</summary>
internal static class FuzzVerb
{
    private const string Folder = "fuzz";
    private const string Assembly = "Drover.Fuzz";

    /// <summary>False in a build without it.</summary>
    public static bool IsAvailable => SideProgram.Exists(Folder, Assembly);

    public static Command Create()
    {
        var target = new Argument<string>("TARGET")
        {
            Description = "tables, utcb, images, chains, groups, or all of them side by side.",
            DefaultValueFactory = _ => "all",
        };
        var seconds = new Option<uint?>("--seconds") { Description = "How long each target is fuzzed. Default: 60.", HelpName = "N" };
        var seed = new Option<ulong?>("--seed") { Description = "Of the first case; each case has the next one. Default: any.", HelpName = "S" };
        var cases = new Option<ulong?>("--cases") { Description = "How many cases, if that comes sooner; 1 repeats a finding.", HelpName = "N" };
        var command = new Command("fuzz", "Tries hostile tables, messages and images; each finding is told with its seed.")
        {
            target, seconds, seed, cases,
        };
        command.SetAction((parsed, interrupted) =>
        {
            List<string> arguments = [parsed.GetValue(target)!];
            Add(arguments, "--seconds", parsed.GetValue(seconds));
            Add(arguments, "--seed", parsed.GetValue(seed));
            Add(arguments, "--cases", parsed.GetValue(cases));
            return SideProgram.RunAsync(Folder, Assembly, arguments, interrupted);
        });
        return command;
    }

    private static void Add(List<string> arguments, string name, ulong? value)
    {
        if (value is { } given)
            arguments.AddRange([name, given.ToString(CultureInfo.InvariantCulture)]);
    }
}
