using System.Diagnostics;
using Drover.Core.Memory;
using Drover.Images;
using Drover.Images.State;
using Drover.Monitor.Snapshots;
using Drover.Monitor.Tables;
using Drover.Platform;
using Drover.Platform.Faults;
using Drover.Platform.State;

namespace Drover.Monitor.Checkpoint;

/// <summary>Where and when an image was made.</summary>
internal sealed record ImageOrigin(DateTimeOffset Created, string NodeName, CpuRequirements Cpu, bool LeftRunning);

/// <summary>Everything of a component that was taken while it stood still. Holds a fork of its memory until disposed.</summary>
internal sealed class ComponentMoment : IDisposable
{
    private readonly MonitoredComponent _component;
    private readonly DomainCapture _domain;
    private readonly ProcessState _process;
    private readonly List<(ObjectId Object, DataspaceCopy Content)> _dataspaces = [];
    private readonly TableCopy _tables;
    private readonly MemoryCapture _memory;
    private readonly ImageReader? _parent;
    private readonly bool _isTracked;
    private readonly FaultPoints _faults;

    private ComponentMoment(
        StoppedComponent stopped, DomainCapture domain, ProcessState kept, ImageReader? parent, PreCopy? preCopy, FaultPoints faults)
    {
        _parent = parent;
        _isTracked = parent is not null || preCopy is not null;
        _faults = faults;
        _component = stopped.Component;
        _domain = domain;
        _process = kept;
        LogSequence = _component.Log.LastSequence;
        _dataspaces.Add((domain.Utcbs, DataspaceCopy.Take(_component.Domain.UtcbMemory)));
        TableCopy? tables = null;
        foreach ((ObjectId id, Dataspace dataspace) in domain.Dataspaces)
        {
            if (!dataspace.TryLease(out DataspaceLease? lease))
                throw new CheckpointRefusedException($"a dataspace of {_component.Name} was freed while it was stopped");
            using (lease)
            {
                faults.Reach(FaultPoint.CheckpointCopyDataspace);
                if (ReferenceEquals(dataspace, _component.Domain.Table))
                    tables = TableCopy.Take(lease.Memory);
                _dataspaces.Add((id, DataspaceCopy.Take(lease.Memory)));
            }
        }

        _tables = tables!;
        faults.Reach(FaultPoint.CheckpointForkMemory);
        _memory = MemoryCapture.Take(stopped, parent, preCopy);
    }

    /// <summary>Of the last line that was logged before.</summary>
    public long LogSequence { get; }

    /// <param name="stopped">The component.</param>
    /// <param name="domain">What core and monitor know of it.</param>
    /// <param name="machine">What it runs on.</param>
    /// <param name="parent">What a delta image is to build upon, or null.</param>
    /// <param name="preCopy">What was copied beforehand, or null.</param>
    /// <exception cref="CheckpointRefusedException">It has what an image cannot keep.</exception>
    public static ComponentMoment Take(
        StoppedComponent stopped, DomainCapture domain, IComponentMachine machine, ImageReader? parent, PreCopy? preCopy)
    {
        machine.Faults.Reach(FaultPoint.CheckpointReadProcess);
        ProcessState found = stopped.Process.Read(machine.Identify);
        ProcessState kept = domain.WithoutManaged(found);
        machine.Faults.Reach(FaultPoint.CheckpointCheckMappings);
        domain.CheckMappings(kept.Mappings);
        return domain.Obstacles.Count > 0
            ? throw new CheckpointRefusedException(string.Join("; ", domain.Obstacles))
            : new ComponentMoment(stopped, domain, kept, parent, preCopy, machine.Faults);
    }

    /// <summary>Writes content and manifest and commits the image.</summary>
    public async Task<ImageManifest> WriteAsync(ImageWriter writer, ImageOrigin origin, CancellationToken cancel)
    {
        CheckTables();
        _faults.Reach(FaultPoint.CheckpointWritePages);
        _memory.WriteTo(writer, cancel);
        WriteDataspaces(writer, cancel);
        ImageManifest manifest = Describe(origin);
        _faults.Reach(FaultPoint.CheckpointCommit);
        await writer.CommitAsync(manifest, cancel).ConfigureAwait(false);
        if (_isTracked)
            _component.WritesNotedSince = manifest.ImageId;
        return manifest;
    }

    /// <summary>Keeps content and manifest in memory. Nothing is left here.</summary>
    public ComponentSnapshot Keep(string name, ImageOrigin origin, TimeSpan pause, long requested)
    {
        CheckTables();
        ImageManifest manifest = Describe(origin);
        _faults.Reach(FaultPoint.SnapshotKeep);
        return new ComponentSnapshot(name, manifest, _memory.TakeOver(), _dataspaces.ToDictionary(copied => copied.Object, copied => copied.Content))
        {
            Pause = pause,
            Total = Stopwatch.GetElapsedTime(requested),
            LogSequence = LogSequence,
        };
    }

    public void Dispose() => _memory.Dispose();

    /// <summary>A component whose tables do not hold together can never be restored: better to learn it now.</summary>
    private void CheckTables()
    {
        _faults.Reach(FaultPoint.CheckpointCheckTables);
        TableTruth truth = TableTruth.Of(_domain.Domain, badge => badge);
        TableRelocation.Check(_tables, truth.Held, truth.Gates);
    }

    private void WriteDataspaces(ImageWriter writer, CancellationToken cancel)
    {
        Dictionary<ObjectId, ulong> badges = _parent is null ? [] : _domain.Domain.Objects.ToDictionary(entry => entry.Id, entry => entry.Badge);
        foreach ((ObjectId id, DataspaceCopy content) in _dataspaces)
        {
            _faults.Reach(FaultPoint.CheckpointWriteDataspace);
            if (_parent is null)
            {
                writer.WriteDataspace(id, content, cancel);
                continue;
            }

            // Others than the component may have written to it, core into the UTCBs for one: so it is always compared.
            ImageDifference difference = ImageDifference.OfDataspace(content, _parent, id == _domain.Utcbs ? null : badges[id], cancel);
            writer.WriteDataspace(id, difference, difference.Inherited, cancel);
        }
    }

    private ImageManifest Describe(ImageOrigin origin) => new()
    {
        Created = origin.Created,
        NodeName = origin.NodeName,
        ComponentName = _component.Name,
        ImageId = Guid.NewGuid(),
        LeftRunning = origin.LeftRunning,
        Incarnation = _component.Incarnation,
        Cpu = origin.Cpu,
        Process = _process,
        Domain = _domain.Domain,
        Sessions = _domain.Sessions,
        Announcements = _domain.Announcements,
        Launch = _component.Launch,
    };
}
