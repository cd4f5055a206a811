using System.Diagnostics;
using Drover.Images;
using Drover.Images.Group;
using Drover.Monitor;
using Drover.Monitor.Checkpoint;
using Drover.Monitor.Restore;
using Drover.Node.Operations;

namespace Drover.Node;

/// <summary>Several components at one moment.</summary>
public sealed partial class NodeRuntime
{
    public async Task<GroupCheckpointReport> CheckpointGroupAsync(GroupCheckpointRequest request, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        CheckNames(request.Names);
        MonitoredComponent[] components = [.. request.Names.Select(FindRunning)];
        string directory = Path.GetFullPath(request.Directory);
        try
        {
            using IDisposable noted = _journal.Note(directory);
            CheckpointOrder order = new(directory, request.LeaveRunning) { PreCopy = request.PreCopy, Compress = request.Compress };
            GroupOutcome outcome = await Task.Run(
                () => _monitor.CheckpointGroupAsync(components, order, cancel), cancel).ConfigureAwait(false);
            return new GroupCheckpointReport
            {
                Node = _options.Name,
                Image = new ImageInfo(directory, outcome.Bytes),
                Members = [.. outcome.Members.Select(member => Reports.Checkpoint(member, _options.Name))],
                PauseMs = outcome.Members[0].Pause.TotalMilliseconds,
                TotalMs = outcome.Total.TotalMilliseconds,
            };
        }
        catch (Exception) when (components.FirstOrDefault(component => component.Ended.IsCompleted) is { } ended)
        {
            FindRunning(ended.Name);
            throw;
        }
        catch (Exception failure) when (failure is not (NodeOperationException or OperationCanceledException))
        {
            throw Failures.Explain(failure, string.Join(", ", request.Names));
        }
    }

    public async Task<GroupRestoreReport> RestoreGroupAsync(GroupRestoreRequest request, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        long start = Stopwatch.GetTimestamp();
        return await Task.Run(() => RestoreGroup(request, start), cancel).ConfigureAwait(false);
    }

    private GroupRestoreReport RestoreGroup(GroupRestoreRequest request, long start)
    {
        using GroupReader group = OpenGroup(request.Directory);
        IReadOnlyList<CapabilityInfo>[] capabilities = [.. group.Members.Select(_ => Array.Empty<CapabilityInfo>())];
        RestoreOrder[] orders =
        [
            .. group.Members.Select((image, i) => new RestoreOrder(
                image, image.Manifest.ComponentName, picture => capabilities[i] = Reports.Capabilities(picture.Domain))
            {
                HoldMemory = request.Lazy ? image.Hold : null,
            }),
        ];
        IReadOnlyList<MonitoredComponent> components = MakeAll([.. orders.Select(order => order.Name)], () => _monitor.Restore(orders));
        double milliseconds = Stopwatch.GetElapsedTime(start, components.Max(component => component.RunsSince)).TotalMilliseconds;
        return new GroupRestoreReport
        {
            Node = _options.Name,
            Members =
            [
                .. components.Zip(capabilities, (component, held) => new RestoreReport
                {
                    Name = component.Name,
                    Node = _options.Name,
                    ProcessId = component.HostProcessId,
                    RestoreMs = milliseconds,
                    Capabilities = held,
                }),
            ],
            RestoreMs = milliseconds,
        };
    }

    private static GroupReader OpenGroup(string directory)
    {
        if (!ImageDirectory.HoldsGroup(directory))
        {
            throw new NodeOperationException(
                NodeErrorCode.NoSuchImage,
                $"There is no image of a group in '{directory}'.",
                "Give the directory that 'drover checkpoint NAME NAME... -o' wrote; one without a group manifest was never finished.");
        }

        try
        {
            return GroupReader.Open(directory);
        }
        catch (Exception failure) when (failure is ImageFormatException or IOException or UnauthorizedAccessException)
        {
            throw Failures.Explain(failure, directory);
        }
    }

    private static void CheckNames(IReadOnlyList<string> names)
    {
        if (names.Count == 0 || names.Count > GroupFormat.MaxMembers)
            throw new NodeOperationException(NodeErrorCode.InvalidRequest, $"A group has 1 to {GroupFormat.MaxMembers} components, not {names.Count}.");
        if (names.GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw new NodeOperationException(NodeErrorCode.InvalidRequest, $"'{twice.Key}' is named twice.", "Name each component once.");
    }
}
