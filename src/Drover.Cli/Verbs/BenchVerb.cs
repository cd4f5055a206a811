using System.CommandLine;
using Drover.Cli.CommandLine;

namespace Drover.Cli.Verbs;

/// <summary>`drover bench`: the benchmark, a program of its own that lies beside this one.</summary>
internal static class BenchVerb
{
    private const string Folder = "bench";
    private const string Assembly = "Drover.Bench";

    /// <summary>False in a build without the benchmark.</summary>
    public static bool IsAvailable => SideProgram.Exists(Folder, Assembly);

    public static Command Create()
    {
        Option<bool> json = CommonOptions.Json();
        var quick = new Option<bool>("--quick") { Description = "Fewer runs, for a first look." };
        var results = new Option<string?>("--results") { Description = "A Markdown file whose marked part is replaced by the report.", HelpName = "FILE" };
        var plots = new Option<string?>("--plots") { Description = "Measure what the plots show and write them to this folder.", HelpName = "DIR" };
        var groups = new Argument<string[]>("GROUP")
        {
            Description = "What to measure (calls, launch, checkpoints, memory, ...); all if none is named.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var command = new Command("bench", "Measures calls, pauses, checkpoints, restores and slow-down on this machine.")
        {
            groups, json, quick, results, plots,
        };
        command.SetAction((parsed, interrupted) =>
        {
            List<string> arguments = [.. parsed.GetValue(groups) ?? []];
            if (parsed.GetValue(json))
                arguments.Add("--json");
            if (parsed.GetValue(quick))
                arguments.Add("--quick");
            if (parsed.GetValue(results) is { } file)
                arguments.AddRange(["--results", file]);
            if (parsed.GetValue(plots) is { } folder)
                arguments.AddRange(["--plots", folder]);
            return SideProgram.RunAsync(Folder, Assembly, arguments, interrupted);
        });
        return command;
    }
}
