using Drover.Cli.CommandLine;
using Drover.Cli.Text;
using Drover.Node;
using Drover.Node.Operations;

namespace Drover.Cli.Verbs;

/// <summary>A component that lives as long as the command that started it.</summary>
internal static class AttachedRun
{
    /// <summary>Starts the component, prints its log until it ends (or ends it when interrupted) and returns its status
    /// for the shell.</summary>
    public static async Task<int> ToEndAsync(
        CommandEnvironment environment,
        INodeOperations node,
        RunRequest request,
        bool json,
        CancellationToken interrupted)
    {
        NodeInfo nodeInfo = await node.DescribeAsync(interrupted);
        ComponentInfo started = await node.RunAsync(request, interrupted);
        Task log = PrintLogAsync(environment, node, started.Name, json);
        Task<ComponentExit> ended = node.WaitForExitAsync(started.Name, CancellationToken.None);
        await EndedOrInterruptedAsync(ended, interrupted);
        if (!ended.IsCompleted)
            await node.StopAsync(started.Name, CancellationToken.None);

        ComponentExit exit = await ended;
        await log;
        environment.Error.WriteLine($"drover: {started.Name} {Printable.Of(ExitText.Describe(exit))}.");
        if (request.Checkpoints is not null)
            CheckpointsVerb.Summarise(environment.Error, await node.ListCheckpointsAsync(started.Name, CancellationToken.None));
        if (json)
            Printer.Json(environment, new RunOutcome(nodeInfo.Name, started, exit), CliJson.Default.RunOutcome);
        return ExitText.Status(exit);
    }

    private static async Task PrintLogAsync(
        CommandEnvironment environment, INodeOperations node, string name, bool allToError)
    {
        // The node's last word is how the component ended, which the command says itself.
        LogEntry? heldBack = null;
        await foreach (LogEntry entry in node.ReadLogAsync(name, afterSequence: 0, follow: true, CancellationToken.None))
        {
            if (heldBack is not null)
                LogPrinter.Print(environment, heldBack, allToError);
            heldBack = entry.Stream == LogStream.Node ? entry : null;
            if (heldBack is null)
                LogPrinter.Print(environment, entry, allToError);
        }
    }

    private static async Task EndedOrInterruptedAsync(Task ended, CancellationToken interrupted)
    {
        var signal = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration registration = interrupted.Register(signal.SetResult);
        await Task.WhenAny(ended, signal.Task);
    }
}
