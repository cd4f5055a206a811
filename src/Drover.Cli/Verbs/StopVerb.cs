using System.CommandLine;
using Drover.Cli.CommandLine;
using Drover.Cli.Text;
using Drover.Node.Operations;

namespace Drover.Cli.Verbs;

/// <summary>`drover stop`: ends a component.</summary>
internal static class StopVerb
{
    public static Command Create(CommandEnvironment environment)
    {
        Argument<string> name = CommonOptions.Component();
        Option<string?> node = CommonOptions.Node();
        Option<bool> json = CommonOptions.Json();
        var command = new Command("stop", "Ends a component and waits until it is gone.") { name, node, json };
        command.SetAction(async (parsed, interrupted) =>
        {
            string component = parsed.GetRequiredValue(name);
            ReachedNode reached = await NodeDirectory.FindWithComponentAsync(
                component, parsed.GetValue(node), interrupted);
            ComponentExit exit = await reached.Client.StopAsync(component, interrupted);
            if (parsed.GetValue(json))
            {
                Printer.Json(
                    environment, new StopOutcome(reached.Info.Name, component, exit), CliJson.Default.StopOutcome);
            }
            else
            {
                environment.Output.WriteLine(
                    $"{component} on {reached.Info.Name} {Printable.Of(ExitText.Describe(exit))}.");
            }

            return 0;
        });
        return command;
    }
}
