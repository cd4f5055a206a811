using Drover.Node.Operations;

namespace Drover.Cli.Tests;

/// <summary>For what has no event to wait for: another command coming up.</summary>
internal static class Eventually
{
    /// <summary>Repeats until the operation finds its node, or the command that should bring it up has ended.</summary>
    public static async Task AsyncSucceeds(Func<Task> operation, Task until)
    {
        while (true)
        {
            try
            {
                await operation();
                return;
            }
            catch (NodeOperationException e) when (e.Code == NodeErrorCode.NodeNotRunning && !until.IsCompleted)
            {
                await Task.Yield();
            }
        }
    }
}
