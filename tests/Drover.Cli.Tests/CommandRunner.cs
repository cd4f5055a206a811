using System.Text;
using Drover.Cli.CommandLine;
using Drover.Node;

namespace Drover.Cli.Tests;

/// <summary>What a command left behind.</summary>
internal sealed record CommandResult(int Status, string Output, string Error);

/// <summary>Runs command lines as a shell would see them.</summary>
internal static class CommandRunner
{
    public static async Task<CommandResult> RunAsync(
        IReadOnlyList<string> arguments, ILocalNode? inner = null, CancellationToken interrupted = default)
    {
        var output = new StringBuilder();
        var error = new StringBuilder();
        var environment = new CommandEnvironment
        {
            Output = TextWriter.Synchronized(new StringWriter(output)),
            Error = TextWriter.Synchronized(new StringWriter(error)),
            CreateNode = _ => inner ?? throw new InvalidOperationException("No node of its own was expected."),
        };
        int status = await DroverCommand.RunAsync(arguments, environment, interrupted);
        return new CommandResult(status, output.ToString(), error.ToString());
    }
}
