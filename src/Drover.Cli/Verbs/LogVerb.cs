using System.CommandLine;
using System.Text.Json;
using Drover.Cli.CommandLine;
using Drover.Cli.Text;
using Drover.Node.Operations;

namespace Drover.Cli.Verbs;

/// <summary>`drover log`: what a component wrote.</summary>
internal static class LogVerb
{
    public static Command Create(CommandEnvironment environment)
    {
        Argument<string> name = CommonOptions.Component();
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on until the component ends." };
        Option<string?> node = CommonOptions.Node();
        Option<bool> json = CommonOptions.Json();
        json.Description = "Print one JSON object per line.";
        var command = new Command(
            "log", "Prints the log of a component, also of one that has ended; its standard error goes to standard error.")
        {
            name, follow, node, json,
        };
        command.SetAction(async (parsed, interrupted) =>
        {
            string component = parsed.GetRequiredValue(name);
            bool asJson = parsed.GetValue(json);
            ReachedNode reached = await NodeDirectory.FindWithComponentAsync(
                component, parsed.GetValue(node), interrupted);
            try
            {
                IAsyncEnumerable<LogEntry> log = reached.Client.ReadLogAsync(
                    component, afterSequence: 0, parsed.GetValue(follow), interrupted);
                await foreach (LogEntry entry in log.WithCancellation(interrupted))
                    Print(environment, entry, asJson);
            }
            catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
            {
                // Ctrl-C is how following ends.
            }

            return 0;
        });
        return command;
    }

    private static void Print(CommandEnvironment environment, LogEntry entry, bool asJson)
    {
        if (!asJson)
        {
            LogPrinter.Print(environment, entry);
            return;
        }

        environment.Output.WriteLine(JsonSerializer.Serialize(entry, NodeJson.Default.LogEntry));
        environment.Output.Flush();
    }
}
