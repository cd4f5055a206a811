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
        var arguments = new Argument<string[]>("ARGS")
        {
            Description = "Arguments for the benchmark, after --.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var command = new Command("bench", "Measures calls, pause, checkpoint and restore on this machine.") { json, arguments };
        command.SetAction((parsed, interrupted) =>
        {
            IEnumerable<string> given = parsed.GetValue(arguments) ?? [];
            return SideProgram.RunAsync(Folder, Assembly, parsed.GetValue(json) ? given.Prepend("--json") : given, interrupted);
        });
        return command;
    }
}
