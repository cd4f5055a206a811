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
    private readonly List<(ObjectId Object, DataspaceCopy Content, DataspaceRest? Tracked)> _dataspaces = [];
    private readonly TableCopy _tables;
    private readonly MemoryCapture _memory;
    private readonly ImageReader? _parent;
    private readonly DataspaceRounds? _rounds;
    private readonly bool _isTracked;
    private readonly FaultPoints _faults;

    private ComponentMoment(StoppedComponent stopped, DomainCapture domain, ProcessState kept, ImageBase basis, FaultPoints faults)
    {
        _parent = basis.Parent;
        _rounds = basis.Dataspaces;
        _isTracked = basis.IsTracked;
        _faults = faults;
        _component = stopped.Component;
        _domain = domain;
        _process = kept;
        LogSequence = _component.Log.LastSequence;
        PageChanges? changes = null;
        Dictionary<Dataspace, SharedChanges?>? written = null;
        if (_isTracked)
            (changes, written) = Look(stopped);
        _dataspaces.Add((domain.Utcbs, DataspaceCopy.Take(_component.Domain.UtcbMemory), null));
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
                DataspaceRest? rest = _rounds?.RestOf(dataspace, written!.GetValueOrDefault(dataspace), lease.Memory);
                _dataspaces.Add((id, rest is null ? DataspaceCopy.Take(lease.Memory) : DataspaceCopy.Take(lease.Memory, rest.Pages), rest));
            }
        }

        _tables = tables!;
        faults.Reach(FaultPoint.CheckpointForkMemory);
        _memory = MemoryCapture.Take(stopped, basis, changes);
    }

    /// <summary>Of the last line that was logged before.</summary>
    public long LogSequence { get; }

    /// <param name="stopped">The component.</param>
    /// <param name="domain">What core and monitor know of it.</param>
    /// <param name="machine">What it runs on.</param>
    /// <param name="basis">What of the image there is already.</param>
    /// <exception cref="CheckpointRefusedException">It has what an image cannot keep.</exception>
    public static ComponentMoment Take(StoppedComponent stopped, DomainCapture domain, IComponentMachine machine, ImageBase basis)
    {
        machine.Faults.Reach(FaultPoint.CheckpointReadProcess);
        ProcessState found = stopped.Process.Read(machine.Identify);
        ProcessState kept = domain.WithoutManaged(found);
        machine.Faults.Reach(FaultPoint.CheckpointCheckMappings);
        domain.CheckMappings(kept.Mappings);
        return domain.Obstacles.Count > 0
            ? throw new CheckpointRefusedException(string.Join("; ", domain.Obstacles))
            : new ComponentMoment(stopped, domain, kept, basis, machine.Faults);
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
        ComponentSnapshot snapshot = new(name, manifest, _memory.TakeOver(), _dataspaces.ToDictionary(copied => copied.Object, copied => copied.Content))
        {
            Pause = pause,
            Total = Stopwatch.GetElapsedTime(requested),
            LogSequence = LogSequence,
        };
        _dataspaces.Clear();
        return snapshot;
    }

    public void Dispose()
    {
        _memory.Dispose();
        foreach ((_, DataspaceCopy content, _) in _dataspaces)
            content.Dispose();
        _dataspaces.Clear();
    }

    /// <summary>A component whose tables do not hold together can never be restored: better to learn it now.</summary>
    private void CheckTables()
    {
        _faults.Reach(FaultPoint.CheckpointCheckTables);
        TableTruth truth = TableTruth.Of(_domain.Domain, badge => badge);
        TableRelocation.Check(_tables, truth.Held, truth.Gates);
    }

    private (PageChanges Changes, Dictionary<Dataspace, SharedChanges?> Written) Look(StoppedComponent stopped)
    {
        HashSet<ulong> open = [.. _process.Descriptors.Where(descriptor => descriptor.Kind == DescriptorKind.Dataspace).Select(descriptor => descriptor.DataspaceInode)];
        DataspaceNotes notes = _component.DataspaceNotes;
        notes.BeforeLook(_component.Domain.OwnedDataspaces(), () => open);
        PageChanges changes = stopped.Process.TakeChanges();
        return (changes, notes.AfterLook(changes).ToDictionary(entry => entry.Dataspace, entry => entry.Written));
    }

    private void WriteDataspaces(ImageWriter writer, CancellationToken cancel)
    {
        HashSet<ContentRounds> ended = [];
        foreach ((ObjectId id, DataspaceCopy content, DataspaceRest? rest) in _dataspaces)
        {
            if (rest is null)
                continue;
            _rounds!.Write(rest, content, cancel);
            writer.EndDataspace(id, rest.Content);
            ended.Add(rest.Content);
        }

        _rounds?.DropOthers(ended);
        Dictionary<ObjectId, ulong> badges = _parent is null ? [] : _domain.Domain.Objects.ToDictionary(entry => entry.Id, entry => entry.Badge);
        foreach ((ObjectId id, DataspaceCopy content, DataspaceRest? rest) in _dataspaces)
        {
            _faults.Reach(FaultPoint.CheckpointWriteDataspace);
            if (rest is not null)
                continue;
            if (_parent is null)
            {
                writer.WriteDataspace(id, content, cancel);
                continue;
            }

            // Nobody noted what was written to it; to the UTCBs, core writes.
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
