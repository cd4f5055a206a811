using System.Diagnostics;
using Drover.Monitor;
using Drover.Monitor.Restore;
using Drover.Monitor.Snapshots;
using Drover.Node.Operations;

namespace Drover.Node;

/// <summary>Snapshots in memory, and what is made of them.</summary>
public sealed partial class NodeRuntime
{
    /// <summary>Of one request.</summary>
    private const int MostClones = 100;

    private readonly SnapshotBook _snapshots;

    public async Task<SnapshotReport> SnapshotAsync(SnapshotRequest request, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        string? wanted = request.As is null ? null : Specifications.ValidSnapshotName(request.As);
        ComponentSnapshot snapshot = await _snapshots.AddAsync(
            request.Name, wanted, name => TakeAsync(FindRunning(request.Name), name, cancel)).ConfigureAwait(false);
        snapshot.KeepReady();
        return Reports.Snapshot(snapshot, _options.Name);
    }

    public Task<IReadOnlyList<SnapshotInfo>> ListSnapshotsAsync(CancellationToken cancel = default) =>
        Task.Run<IReadOnlyList<SnapshotInfo>>(() => [.. _snapshots.All.Select(Reports.Describe)], cancel);

    public Task DropSnapshotAsync(string name, CancellationToken cancel = default) =>
        Task.Run(() => _snapshots.Drop(name), cancel);

    public async Task<RollbackReport> RollBackAsync(RollbackRequest request, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        long start = Stopwatch.GetTimestamp();
        ComponentSnapshot snapshot = _snapshots.FindFor(request.Name, request.Snapshot);
        using IDisposable use = Use(snapshot);
        IReadOnlyList<CapabilityInfo> capabilities = [];
        long logged = 0;
        MonitoredComponent? running = FindKnown(request.Name);
        RestoreOrder order = new(snapshot, Specifications.ValidName(request.Name), picture =>
        {
            capabilities = Reports.Capabilities(picture.Domain);
            // What ran has ended, and what is to run has not begun.
            logged = running is { Ended.IsCompleted: true } ? running.Log.LastSequence : 0;
        });
        MonitoredComponent built;
        if (running is { Ended.IsCompleted: false })
        {
            built = await Task.Run(() => ReplaceAsync(running, order, cancel), cancel).ConfigureAwait(false);
        }
        else
        {
            running = null;
            built = await Task.Run(() => Make(order.Name, () => _monitor.Restore([order])[0]), cancel).ConfigureAwait(false);
        }

        snapshot.KeepReady();
        return new RollbackReport
        {
            Name = built.Name,
            Snapshot = snapshot.Name,
            Node = _options.Name,
            ProcessId = built.HostProcessId,
            RollbackMs = Stopwatch.GetElapsedTime(start, built.RunsSince).TotalMilliseconds,
            Capabilities = capabilities,
            LogSequence = logged,
        };
    }

    public async Task<CloneReport> CloneAsync(CloneRequest request, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Count is < 1 or > MostClones)
            throw new NodeOperationException(NodeErrorCode.InvalidRequest, $"1 to {MostClones} clones can be made at once, not {request.Count}.");
        long start = Stopwatch.GetTimestamp();
        if (_snapshots.Find(request.Source) is { } kept)
        {
            using IDisposable use = Use(kept);
            return await Task.Run(() => Clone(request, kept, start, null), cancel).ConfigureAwait(false);
        }

        if (FindKnown(request.Source) is null && request.Source.Contains('@', StringComparison.Ordinal))
            throw _snapshots.Unknown(request.Source);
        using ComponentSnapshot taken = await TakeAsync(FindRunning(request.Source), request.Source, cancel).ConfigureAwait(false);
        return await Task.Run(() => Clone(request, taken, start, taken.Pause.TotalMilliseconds), cancel).ConfigureAwait(false);
    }

    /// <summary>All or none.</summary>
    private CloneReport Clone(CloneRequest request, ComponentSnapshot snapshot, long start, double? pauseMs)
    {
        List<(MonitoredComponent Component, RestoreReport Report)> made = [];
        try
        {
            for (int i = 0; i < request.Count; i++)
                made.Add(CloneOne(snapshot, CloneName(request, snapshot.ComponentName, i)));
        }
        catch
        {
            foreach ((MonitoredComponent component, _) in made)
                component.StopAsync().GetAwaiter().GetResult();
            throw;
        }

        return new CloneReport
        {
            Source = request.Source,
            Node = _options.Name,
            Clones = [.. made.Select(clone => clone.Report)],
            TotalMs = Stopwatch.GetElapsedTime(start).TotalMilliseconds,
            PauseMs = pauseMs,
        };
    }

    private (MonitoredComponent Component, RestoreReport Report) CloneOne(ComponentSnapshot snapshot, string name)
    {
        long start = Stopwatch.GetTimestamp();
        IReadOnlyList<CapabilityInfo> capabilities = [];
        RestoreOrder order = new(snapshot, name, picture => capabilities = Reports.Capabilities(picture.Domain));
        MonitoredComponent component = Make(name, () => _monitor.Restore([order])[0]);
        return (component, new RestoreReport
        {
            Name = name,
            Node = _options.Name,
            ProcessId = component.HostProcessId,
            RestoreMs = Stopwatch.GetElapsedTime(start, component.RunsSince).TotalMilliseconds,
            Capabilities = capabilities,
        });
    }

    private string CloneName(CloneRequest request, string component, int index)
    {
        if (request.Name is not null)
            return Specifications.ValidName(request.Count == 1 ? request.Name : $"{request.Name}-{index + 1}");
        lock (_lock)
        {
            int number = 2;
            while (_components.ContainsKey($"{component}-{number}"))
                number++;
            return Specifications.ValidName($"{component}-{number}");
        }
    }

    private async Task<ComponentSnapshot> TakeAsync(MonitoredComponent component, string name, CancellationToken cancel)
    {
        try
        {
            return await Task.Run(() => _monitor.SnapshotAsync(component, name, cancel), cancel).ConfigureAwait(false);
        }
        catch (Exception) when (component.Ended.IsCompleted)
        {
            FindRunning(component.Name);
            throw;
        }
        catch (Exception failure) when (failure is not (NodeOperationException or OperationCanceledException))
        {
            throw Failures.Explain(failure, component.Name);
        }
    }

    /// <summary>Nobody else can take the component's name, or its place, meanwhile.</summary>
    private async Task<MonitoredComponent> ReplaceAsync(MonitoredComponent running, RestoreOrder order, CancellationToken cancel)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_components.GetValueOrDefault(running.Name) != running || !_beingReplaced.Add(running.Name))
                throw new NodeOperationException(NodeErrorCode.NameTaken, $"'{running.Name}' is just being rolled back or made on the node {_options.Name}.", "Try again.");
        }

        MonitoredComponent? built = null;
        try
        {
            return built = await _monitor.RollBackAsync(running, order, cancel).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is not (NodeOperationException or OperationCanceledException))
        {
            throw Failures.Explain(failure, running.Name);
        }
        finally
        {
            lock (_lock)
            {
                _beingReplaced.Remove(running.Name);
                if (built is not null)
                    _components[running.Name] = built;
            }
        }
    }

    private IDisposable Use(ComponentSnapshot snapshot) =>
        snapshot.TryUse(out IDisposable? use) ? use : throw _snapshots.Unknown(snapshot.Name);

    private MonitoredComponent? FindKnown(string name)
    {
        lock (_lock)
            return _components.GetValueOrDefault(name);
    }
}
