using Drover.Images.Series;
using Drover.Linux.Files;
using Drover.Monitor;
using Drover.Node.Operations;
using Drover.Node.Periodic;

namespace Drover.Node;

/// <summary>Checkpoints that come by themselves.</summary>
public sealed partial class NodeRuntime
{
    public Task<PeriodicReport> ListCheckpointsAsync(string name, CancellationToken cancel = default)
    {
        Find(name);
        PeriodicCheckpoints run = _periodic.Find(name) ?? throw new NodeOperationException(
            NodeErrorCode.InvalidRequest,
            $"'{name}' is not checkpointed periodically.",
            "Run or restore it with --checkpoint-every for that.");
        return Task.FromResult(run.Report(_options.Name));
    }

    /// <summary>Checks the request and takes the directory, before there is a component.</summary>
    private PeriodicStart? Prepare(PeriodicRequest? request)
    {
        if (request is null)
            return null;
        if (!(request.EveryMs is >= PeriodicRequest.LeastEveryMs and <= PeriodicRequest.MostEveryMs))
        {
            throw new NodeOperationException(
                NodeErrorCode.InvalidRequest,
                $"Checkpoints cannot be taken every {request.EveryMs} ms.",
                $"Take them every {PeriodicRequest.LeastEveryMs} ms to every 24 hours.");
        }

        if (request.Keep is < 1 or > ImageSeries.MostKept)
            throw new NodeOperationException(NodeErrorCode.InvalidRequest, $"{request.Keep} images cannot be kept.", $"Keep 1 to {ImageSeries.MostKept}.");
        try
        {
            // Whatever is unfinished in the directory, this node's successor clears, if this one is killed.
            IDisposable noted = _journal.Note(Path.Combine(Path.GetFullPath(request.Directory), "any"));
            return PeriodicStart.Begin(request, noted, _machine.Directories, new DirectoryExchange());
        }
        catch (Exception failure) when (failure is not NodeOperationException)
        {
            throw Failures.Explain(failure, request.Directory);
        }
    }

    /// <summary>Called while the component's name is still reserved.</summary>
    private MonitoredComponent Begin(PeriodicStart? start, MonitoredComponent component)
    {
        if (start is not null)
            _periodic.Add(component.Name, start.Run(component.Name, _monitor, () => FindSettled(component.Name), TimeProvider.System));
        return component;
    }

    /// <summary>Null while the component is being made or rolled back.</summary>
    private MonitoredComponent? FindSettled(string name)
    {
        lock (_lock)
            return _beingReplaced.Contains(name) ? null : _components.GetValueOrDefault(name);
    }
}
