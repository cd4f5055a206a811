using Drover.Monitor.Checkpoint;
using Drover.Monitor.Restore;
using Drover.Platform.Faults;

namespace Drover.Monitor.Snapshots;

/// <summary>
/// Puts what a component was in the place of what it is: all checks come first, then the component ends, and what is built of
/// the snapshot takes its name, its log and, as far as these are its own, its services.
/// </summary>
internal sealed class Rollback(Restorer restorer, FaultPoints faults)
{
    /// <param name="component">Runs on if the checks fail, or if it cannot be ended.</param>
    /// <param name="order">What to build of the snapshot, which is in use.</param>
    /// <param name="cancel">Gives up as long as the component stands in line behind a checkpoint.</param>
    /// <exception cref="ComponentEndedException">It ended before it could be ended for this.</exception>
    /// <exception cref="RollbackFailedException">The component has ended and could not be built again.</exception>
    public async Task<MonitoredComponent> RunAsync(MonitoredComponent component, RestoreOrder order, CancellationToken cancel)
    {
        using StopTurns turns = await StopTurns.TakeAsync([component], cancel).ConfigureAwait(false);
        bool hasEnded = false;
        try
        {
            MonitoredComponent built = restorer.Run([order with { Log = component.Log }], () =>
            {
                faults.Reach(FaultPoint.RollbackEnd);
                // One that somebody stops at the same time is not to come back.
                if (component.EndAsync(EndReason.RolledBack).GetAwaiter().GetResult().Reason != EndReason.RolledBack)
                    throw new ComponentEndedException(component.Name);
                hasEnded = true;
                component.Log.Append(Logging.LogOrigin.Node, $"{component.Name} goes on from {order.Image.Place}");
                faults.Reach(FaultPoint.RollbackRebuild);
            })[0];
            component.Replace(built);
            return built;
        }
        catch (Exception failure) when (hasEnded)
        {
            component.Replace(null);
            component.Log.Complete();
            throw new RollbackFailedException($"{component.Name} has ended, and could not be built again from {order.Image.Place}: {failure.Message}", failure);
        }
    }
}
