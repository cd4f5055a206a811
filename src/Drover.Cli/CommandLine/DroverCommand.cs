using System.CommandLine;
using System.CommandLine.Invocation;
using Drover.Cli.Verbs;
using Drover.Node.Operations;

namespace Drover.Cli.CommandLine;

/// <summary>The `drover` command: its verbs, and what becomes of their errors.</summary>
internal static class DroverCommand
{
    /// <summary>Something that was asked for could not be done.</summary>
    public const int Failed = 1;

    /// <summary>The command line itself is wrong.</summary>
    public const int Misused = 2;

    /// <summary>Ctrl-C ended it: 128 and SIGINT, as a shell says it.</summary>
    public const int Interrupted = 128 + 2;

    /// <summary>Runs a command line and returns the exit status.</summary>
    /// <param name="interrupted">Raised by Ctrl-C: the command ends cleanly.</param>
    public static async Task<int> RunAsync(
        IReadOnlyList<string> arguments, CommandEnvironment environment, CancellationToken interrupted)
    {
        ParseResult parsed = Create(environment).Parse(arguments.Count == 0 ? ["--help"] : arguments);
        if (parsed.Action is ParseErrorAction)
            return ReportMisuse(parsed, environment.Error);
        var invocation = new InvocationConfiguration
        {
            Output = environment.Output,
            Error = environment.Error,
            EnableDefaultExceptionHandler = false,
            // Signals are the caller's: they come as a cancelled token, and a clean end takes the time it takes.
            ProcessTerminationTimeout = null,
        };
        try
        {
            return await parsed.InvokeAsync(invocation, interrupted);
        }
        catch (Exception e) when (interrupted.IsCancellationRequested
            && e is (OperationCanceledException or NodeOperationException))
        {
            // Ctrl-C reaches the nodes that the command started, too: that they end is no failure then.
            environment.Error.WriteLine("drover: interrupted.");
            return Interrupted;
        }
        catch (NodeOperationException e)
        {
            Report(e, environment.Error);
            return Failed;
        }
    }

    /// <summary>Says what went wrong and what can be done about it.</summary>
    public static void Report(NodeOperationException error, TextWriter writer)
    {
        writer.WriteLine($"drover: {error.Message}");
        if (error.Advice is { } advice)
            writer.WriteLine($"  {advice}");
    }

    private static RootCommand Create(CommandEnvironment environment)
    {
        var root = new RootCommand(
            "Runs components that hold capabilities, and moves them, while they run, from one node to another.")
        {
            RunVerb.Create(environment),
            NodeVerb.Create(environment),
            PsVerb.Create(environment),
            CheckpointVerb.Create(environment),
            CheckpointsVerb.Create(environment),
            RestoreVerb.Create(environment),
            SnapshotVerb.Create(environment),
            SnapshotsVerb.Create(environment),
            RollbackVerb.Create(environment),
            CloneVerb.Create(environment),
            StopVerb.Create(environment),
            LogVerb.Create(environment),
            InspectVerb.Create(environment),
            ImageVerb.Create(environment),
            DoctorVerb.Create(environment),
            DemoVerb.Create(environment),
        };
        if (BenchVerb.IsAvailable)
            root.Add(BenchVerb.Create());
        if (FuzzVerb.IsAvailable)
            root.Add(FuzzVerb.Create());
        return root;
    }

    private static int ReportMisuse(ParseResult parsed, TextWriter writer)
    {
        foreach (string message in parsed.Errors.Select(error => error.Message).Distinct())
            writer.WriteLine($"drover: {message}");
        string verb = parsed.CommandResult.Command is RootCommand ? "" : parsed.CommandResult.Command.Name + " ";
        writer.WriteLine($"  'drover {verb}--help' tells how it is used.");
        return Misused;
    }
}
