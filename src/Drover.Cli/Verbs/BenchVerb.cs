using System.CommandLine;
using System.Diagnostics;
using Drover.Cli.CommandLine;

namespace Drover.Cli.Verbs;

/// <summary>`drover bench`: the benchmark, a program of its own that lies beside this one.</summary>
internal static class BenchVerb
{
    private static string ProgramPath => Path.Combine(AppContext.BaseDirectory, "bench", "Drover.Bench.dll");

    /// <summary>False in a build without the benchmark.</summary>
    public static bool IsAvailable => File.Exists(ProgramPath);

    public static Command Create()
    {
        Option<bool> json = CommonOptions.Json();
        var arguments = new Argument<string[]>("ARGS")
        {
            Description = "Arguments for the benchmark, after --.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var command = new Command("bench", "Measures calls, pause, checkpoint and restore on this machine.") { json, arguments };
        command.SetAction(async (parsed, interrupted) =>
        {
            // The benchmark gets this terminal, and with it Ctrl-C.
            var start = new ProcessStartInfo("dotnet") { UseShellExecute = false };
            start.ArgumentList.Add(ProgramPath);
            if (parsed.GetValue(json))
                start.ArgumentList.Add("--json");
            foreach (string argument in parsed.GetValue(arguments) ?? [])
                start.ArgumentList.Add(argument);
            if (Environment.ProcessPath is { } self && Path.GetFileNameWithoutExtension(self) == "dotnet")
                start.FileName = self;
            using Process process = Process.Start(start)!;
            try
            {
                await process.WaitForExitAsync(interrupted);
            }
            catch (OperationCanceledException)
            {
                await process.WaitForExitAsync(CancellationToken.None);
            }

            return process.ExitCode;
        });
        return command;
    }
}
