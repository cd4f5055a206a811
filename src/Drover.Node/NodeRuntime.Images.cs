using System.Diagnostics;
using Drover.Images;
using Drover.Images.Series;
using Drover.Monitor;
using Drover.Monitor.Checkpoint;
using Drover.Monitor.Restore;
using Drover.Node.Operations;
using Drover.Node.Periodic;
using Drover.Platform.Faults;

namespace Drover.Node;

public sealed partial class NodeRuntime
{
    public async Task<CheckpointReport> CheckpointAsync(CheckpointRequest request, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        MonitoredComponent component = FindRunning(request.Name);
        try
        {
            using ImageReader? parent = request.Parent is null ? null : OpenImage(request.Parent);
            using IDisposable noted = _journal.Note(Path.GetFullPath(request.Directory));
            CheckpointOrder order = new(request.Directory, request.LeaveRunning) { Parent = parent, PreCopy = request.PreCopy, Compress = request.Compress };
            CheckpointOutcome outcome = await Task.Run(() => _monitor.CheckpointAsync(component, order, cancel), cancel).ConfigureAwait(false);
            return Reports.Checkpoint(outcome, _options.Name);
        }
        catch (Exception) when (component.Ended.IsCompleted)
        {
            FindRunning(request.Name);
            throw;
        }
        catch (Exception failure) when (failure is not (NodeOperationException or OperationCanceledException))
        {
            throw Failures.Explain(failure, component.Name);
        }
    }

    public async Task<RestoreReport> RestoreAsync(RestoreRequest request, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        long start = Stopwatch.GetTimestamp();
        using PeriodicStart? periodic = Prepare(request.Checkpoints);
        return await Task.Run(() => Restore(request, periodic, start), cancel).ConfigureAwait(false);
    }

    public Task<InspectReport> InspectAsync(string name, CancellationToken cancel = default)
    {
        MonitoredComponent component = FindRunning(name);
        try
        {
            return Task.FromResult(InspectReports.Of(component, _options.Name));
        }
        catch (Exception failure) when (failure is not NodeOperationException)
        {
            throw Failures.Explain(failure, name);
        }
    }

    public Task<InspectReport> InspectImageAsync(string directory, CancellationToken cancel = default)
    {
        using ImageReader image = OpenImage(directory);
        return Task.FromResult(InspectReports.Of(image));
    }

    private RestoreReport Restore(RestoreRequest request, PeriodicStart? periodic, long start)
    {
        using ImageReader image = OpenToRestore(request.Directory);
        string name = request.Name is null ? image.Manifest.ComponentName : Specifications.ValidName(request.Name);
        IReadOnlyList<CapabilityInfo> capabilities = [];
        RestoreOrder order = new(image, name, picture => capabilities = Reports.Capabilities(picture.Domain))
        {
            HoldMemory = request.Lazy ? image.Hold : null,
        };
        MonitoredComponent component = Make(name, () =>
        {
            try
            {
                return Begin(periodic, _monitor.Restore([order])[0]);
            }
            catch (Exception bad) when (Failures.IsOfImage(bad))
            {
                throw Failures.ExplainImage(image.Directory, bad);
            }
        });
        return new RestoreReport
        {
            Name = name,
            Node = _options.Name,
            ProcessId = component.HostProcessId,
            RestoreMs = Stopwatch.GetElapsedTime(start, component.RunsSince).TotalMilliseconds,
            Capabilities = capabilities,
        };
    }

    private ImageReader OpenToRestore(string directory)
    {
        try
        {
            _options.Faults.Reach(FaultPoint.RestoreOpenImage);
        }
        catch (InjectedFaultException injected)
        {
            throw Failures.Explain(injected, directory);
        }

        return OpenImage(directory);
    }

    internal static ImageReader OpenImage(string directory)
    {
        if (ImageDirectory.HoldsGroup(directory))
        {
            throw new NodeOperationException(
                NodeErrorCode.InvalidRequest,
                $"In '{directory}' is the image of a group of components, not of one.",
                "Restore the group, or give the directory of one of its members, which lies in it.");
        }

        if (!ImageDirectory.HoldsImage(directory))
        {
            if (ImageSeries.NewestIn(directory) is { } newest)
                return OpenImage(newest);
            throw new NodeOperationException(
                NodeErrorCode.NoSuchImage,
                $"There is no image in '{directory}'.",
                "Give the directory that 'drover checkpoint -o' wrote; one without a manifest was never finished.");
        }

        try
        {
            return ImageReader.Open(directory);
        }
        catch (Exception failure) when (failure is ImageFormatException or IOException or UnauthorizedAccessException)
        {
            throw Failures.Explain(failure, directory);
        }
    }

    private MonitoredComponent FindRunning(string name)
    {
        MonitoredComponent component = Find(name);
        return component.Ended.IsCompleted
            ? throw new NodeOperationException(
                NodeErrorCode.ComponentEnded,
                $"'{name}' has ended ({component.Ended.Result.Reason}) on the node {_options.Name}.",
                "Run or restore it first.")
            : component;
    }
}
