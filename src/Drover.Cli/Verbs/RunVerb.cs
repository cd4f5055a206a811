using System.CommandLine;
using Drover.Cli.CommandLine;
using Drover.Cli.Text;
using Drover.Node;
using Drover.Node.Api;
using Drover.Node.Operations;
using Drover.Node.Programs;

namespace Drover.Cli.Verbs;

/// <summary>`drover run`: a component on a running node, or on one inside this process.</summary>
internal static class RunVerb
{
    /// <summary>Name of a node that lives inside `drover run`, so that the other verbs find it.</summary>
    private const string InnerNodeName = "local";

    private sealed record Choices(string? Node, bool Follow, bool Json);

    public static Command Create(CommandEnvironment environment)
    {
        var program = new Argument<string>("PROGRAM")
        {
            Description = "A built .NET program (.dll), an executable ELF file, or a directory that holds one program.",
        };
        var arguments = new Argument<string[]>("ARGS")
        {
            Description = "Arguments for the program, after --.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var name = new Option<string?>("--name") { Description = "Name of the component. Default: the program's." };
        Option<string?> node = CommonOptions.Node();
        var ram = new Option<ulong?>("--ram")
        {
            Description = "RAM quota, such as 256M or 1G.",
            HelpName = "SIZE",
            CustomParser = RunOptionParsers.Size,
        };
        var caps = new Option<int?>("--caps") { Description = "Capability quota.", HelpName = "N" };
        var roms = new Option<string[]>("--rom") { Description = "A ROM module from a file.", HelpName = "NAME=PATH" };
        var variables = new Option<string[]>("--env") { Description = "An environment variable.", HelpName = "K=V" };
        var follow = new Option<bool>("--follow", "-f")
        {
            Description = "On a running node too: stay, print the log and end with the component's status.",
        };
        PeriodicOptions periodic = new();
        Option<bool> json = CommonOptions.Json();
        var command = new Command(
            "run",
            "Runs a program as a component. With no node running it starts one inside itself, prints the component's log "
            + "and ends with the component's status (128 + N after signal N); Ctrl-C ends both.")
        {
            program, arguments, name, node, ram, caps, roms, variables, follow, json,
        };
        periodic.AddTo(command);
        RunOptionParsers.Validate(caps, roms, variables);
        command.SetAction((parsed, interrupted) =>
        {
            ProgramFile file = ProgramFile.Find(parsed.GetRequiredValue(program));
            string component = NodeSocketPath.ValidName(parsed.GetValue(name) ?? file.DefaultName);
            var request = new RunRequest
            {
                Program = file.Path,
                Name = component,
                RamBytes = parsed.GetValue(ram),
                Capabilities = parsed.GetValue(caps),
                Roms = RunOptionParsers.Roms(parsed.GetValue(roms) ?? []),
                Environment = RunOptionParsers.Pairs(parsed.GetValue(variables) ?? []),
                Arguments = parsed.GetValue(arguments) ?? [],
                Checkpoints = periodic.Read(parsed, component),
            };
            var choices = new Choices(parsed.GetValue(node), parsed.GetValue(follow), parsed.GetValue(json));
            return RunAsync(environment, request, choices, interrupted);
        });
        return command;
    }

    private static async Task<int> RunAsync(
        CommandEnvironment environment, RunRequest request, Choices choices, CancellationToken interrupted)
    {
        IReadOnlyList<ReachedNode> running = NodeDirectory.Named(choices.Node) is null
            ? await NodeDirectory.ListAsync(null, interrupted)
            : [];
        if (NodeDirectory.Named(choices.Node) is null && running.Count == 0)
            return await RunInsideAsync(environment, request, choices, interrupted);

        ReachedNode node = await NodeDirectory.FindAsync(choices.Node, interrupted);
        if (choices.Follow)
            return await AttachedRun.ToEndAsync(environment, node.Client, request, choices.Json, interrupted);
        ComponentInfo started = await node.Client.RunAsync(request, interrupted);
        if (choices.Json)
        {
            Printer.Json(environment, new RunOutcome(node.Info.Name, started, null), CliJson.Default.RunOutcome);
            return 0;
        }

        environment.Output.WriteLine($"{started.Name} runs on {node.Info.Name} as process {started.ProcessId}.");
        if (request.Checkpoints is { } checkpoints)
            environment.Output.WriteLine($"  Its images go to {checkpoints.Directory}; 'drover checkpoints {started.Name}' lists them.");
        environment.Output.WriteLine($"  'drover log {started.Name} -f' follows it, 'drover stop {started.Name}' ends it.");
        return 0;
    }

    private static async Task<int> RunInsideAsync(
        CommandEnvironment environment, RunRequest request, Choices choices, CancellationToken interrupted)
    {
        ILocalNode node = environment.CreateNode(new NodeOptions(InnerNodeName));
        await using NodeHost host = await NodeHost.StartAsync(
            node, NodeSocketPath.Resolve(InnerNodeName), environment.Error, interrupted);
        int status = await AttachedRun.ToEndAsync(environment, node, request, choices.Json, interrupted);
        IReadOnlyList<ComponentInfo> others = [.. (await node.ListAsync(CancellationToken.None))
            .Where(component => component.State == ComponentState.Running)];
        if (others.Count > 0)
        {
            environment.Error.WriteLine(
                $"drover: the node ends, and with it {string.Join(", ", others.Select(component => component.Name))}.");
        }

        return status;
    }
}
