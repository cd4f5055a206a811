namespace Drover.Monitor.Checkpoint;

/// <summary>The turns of several components to stand still, held until disposed.</summary>
internal sealed class StopTurns : IDisposable
{
    private readonly List<MonitoredComponent> _held = [];

    private StopTurns()
    {
    }

    /// <summary>In the order of the incarnations, so that two who want the same components do not wait for each other.</summary>
    public static async Task<StopTurns> TakeAsync(IEnumerable<MonitoredComponent> components, CancellationToken cancel)
    {
        StopTurns turns = new();
        try
        {
            foreach (MonitoredComponent component in components.OrderBy(component => component.Incarnation))
            {
                await component.StopTurn.WaitAsync(cancel).ConfigureAwait(false);
                turns._held.Add(component);
            }

            return turns;
        }
        catch
        {
            turns.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        foreach (MonitoredComponent component in _held)
            component.StopTurn.Release();
        _held.Clear();
    }
}
