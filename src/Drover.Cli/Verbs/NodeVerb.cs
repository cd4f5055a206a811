using System.CommandLine;
using Drover.Cli.CommandLine;
using Drover.Cli.Text;
using Drover.Node;
using Drover.Node.Api;
using Drover.Node.Operations;

namespace Drover.Cli.Verbs;

/// <summary>`drover node`: a node in the foreground.</summary>
internal static class NodeVerb
{
    /// <summary>Set by a command that starts nodes of its own: the node ends when its standard input does, so that
    /// none outlives a parent that was killed.</summary>
    public const string EndWithInput = "--end-with-input";

    public static Command Create(CommandEnvironment environment)
    {
        var name = new Option<string>("--name") { Description = "Name of the node.", Required = true };
        var socket = new Option<string?>("--socket")
        {
            Description = "Where it listens. Default: NAME.sock in the user's own runtime directory.",
            HelpName = "PATH",
        };
        var ram = new Option<ulong?>("--ram")
        {
            Description = "RAM quota that all components together may have, such as 16G. Default: no limit.",
            HelpName = "SIZE",
            CustomParser = RunOptionParsers.Size,
        };
        var failAt = new Option<string?>("--fail-at")
        {
            Description = "A step of a checkpoint or restore that fails, the first time it is come to. For testing.",
            HelpName = "STEP",
        };
        Option<bool> json = CommonOptions.Json();
        var endWithInput = new Option<bool>(EndWithInput) { Hidden = true };
        var command = new Command("node", "Runs a node until Ctrl-C; its components end with it.")
        {
            name, socket, ram, failAt, json, endWithInput,
        };
        command.SetAction(async (parsed, interrupted) =>
        {
            string nodeName = NodeSocketPath.ValidName(parsed.GetRequiredValue(name));
            string path = parsed.GetValue(socket) is { } given
                ? NodeSocketPath.Resolve(Path.GetFullPath(given))
                : NodeSocketPath.Resolve(nodeName);
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(interrupted);
            if (parsed.GetValue(endWithInput))
                CancelAtEndOfInput(ending);
            var options = new NodeOptions(nodeName)
            {
                ImageJournal = path + ".images",
                RamBytes = parsed.GetValue(ram) ?? ulong.MaxValue,
                OnFault = new FaultReporter(environment.Error).Report,
            };
            if (parsed.GetValue(failAt) is { } step && !options.TryFailAt(step))
            {
                throw new NodeOperationException(
                    NodeErrorCode.InvalidRequest, $"'{step}' is no step that can be made to fail.", $"The steps are {string.Join(", ", NodeOptions.Steps)}.");
            }

            await ServeAsync(environment, options, path, parsed.GetValue(json), ending.Token);
            return 0;
        });
        return command;
    }

    private static async Task ServeAsync(
        CommandEnvironment environment, NodeOptions options, string socket, bool json, CancellationToken ending)
    {
        string name = options.Name;
        ILocalNode node = environment.CreateNode(options);
        await using NodeHost host = await NodeHost.StartAsync(node, socket, environment.Error, ending);
        if (json)
            Printer.Json(environment, new NodeReady(name, Environment.ProcessId, socket), CliJson.Default.NodeReady);
        else
            environment.Output.WriteLine($"Node {name} listens at {socket}.");
        environment.Output.Flush();

        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration registration = ending.Register(end.SetResult);
        await end.Task;
        environment.Error.WriteLine($"drover: node {name} ends.");
    }

    private static void CancelAtEndOfInput(CancellationTokenSource ending)
    {
        // A thread of its own: a read from a pipe can not be cancelled, and must not hold up the end.
        var reader = new Thread(() =>
        {
            while (Console.In.Read() >= 0)
            {
            }

            try
            {
                ending.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // The node ended by itself meanwhile.
            }
        })
        {
            IsBackground = true,
            Name = "input",
        };
        reader.Start();
    }
}
