using Drover.Cli.Text;
using Drover.Node;
using Drover.Node.Operations;

namespace Drover.Cli.Demo;

/// <summary>The move of a component from one node to another, with calls before and after.</summary>
/// <param name="source">The node it begins on.</param>
/// <param name="target">The node it goes on on.</param>
/// <param name="directory">Where the image goes.</param>
/// <param name="samples">Finds a sample component's program by name.</param>
/// <param name="say">Tells a person what happens.</param>
internal sealed class DemoRun(
    INodeOperations source, INodeOperations target, string directory, Func<string, string> samples, Action<string> say)
{
    private const string Counter = "SheepCounter";
    private const string Client = "Shepherd";

    private const string MillisecondsBetweenSheep = "100";

    /// <summary>Counts that are awaited before the move, so that it is seen to happen in the middle.</summary>
    private const long CountsBefore = 3;

    public async Task<DemoReport> RunAsync(CancellationToken cancel)
    {
        NodeInfo from = await source.DescribeAsync(cancel);
        NodeInfo to = await target.DescribeAsync(cancel);
        say($"Nodes {from.Name} (process {from.ProcessId}) and {to.Name} (process {to.ProcessId}) run.");

        await source.RunAsync(
            new RunRequest { Program = samples(Counter), Name = Counter, Arguments = [MillisecondsBetweenSheep] }, cancel);
        long count = await SheepLog.FirstCountAsync(source, Counter, CountsBefore, cancel);
        say($"{Counter} runs on {from.Name} and has counted {count} sheep.");
        (long before, long failedBefore) = await CallAsync(source, from.Name, cancel);

        CheckpointReport checkpoint = await source.CheckpointAsync(
            new CheckpointRequest(Counter, Path.Combine(directory, "image"), LeaveRunning: false), cancel);
        long last = await SheepLog.LastCountAsync(source, Counter, cancel);
        say($"{Counter} is checkpointed and ended on {from.Name} at {last} sheep "
            + $"({ByteCount.Format((ulong)checkpoint.Image.Bytes)}, pause {Milliseconds.Format(checkpoint.PauseMs)}).");

        RestoreReport restore = await target.RestoreAsync(new RestoreRequest(checkpoint.Image.Path, Name: null), cancel);
        long first = await SheepLog.FirstCountAsync(target, restore.Name, minimum: 0, cancel);
        say($"{Counter} goes on on {to.Name} with {first} sheep (restore {Milliseconds.Format(restore.RestoreMs)}).");
        (long after, long failedAfter) = await CallAsync(target, to.Name, cancel);

        return new DemoReport(
            new DemoSource(from.Name, last, checkpoint.Capabilities),
            new DemoTarget(to.Name, first, restore.Capabilities),
            checkpoint.Image,
            checkpoint.PauseMs,
            restore.RestoreMs,
            new DemoCalls(before, after, failedBefore + failedAfter));
    }

    /// <summary>Runs a client to its end.</summary>
    private async Task<(long Answered, long Failed)> CallAsync(
        INodeOperations node, string nodeName, CancellationToken cancel)
    {
        await node.RunAsync(new RunRequest { Program = samples(Client), Name = Client }, cancel);
        (long answered, long failed) = await SheepLog.CallsAsync(node, Client, cancel);
        ComponentExit exit = await node.WaitForExitAsync(Client, cancel);
        say($"{Client} on {nodeName} called it: {answered} calls answered, {failed} failed.");
        return exit is { Reason: ExitReason.Exited, Status: 0 }
            ? (answered, failed)
            : throw new NodeOperationException(
                NodeErrorCode.ComponentEnded, $"{Client} on {nodeName} {ExitText.Describe(exit)}.");
    }
}
