using Drover.Core.Memory;
using Drover.Images;
using Drover.Images.State;
using Drover.Monitor.Tables;
using Drover.Platform;
using Drover.Platform.State;

namespace Drover.Monitor.Checkpoint;

/// <summary>Where and when an image was made.</summary>
internal sealed record ImageOrigin(DateTimeOffset Created, string NodeName, CpuRequirements Cpu);

/// <summary>Everything of a component that was taken while it stood still. Holds a fork of its memory until disposed.</summary>
internal sealed class ComponentMoment : IDisposable
{
    private readonly MonitoredComponent _component;
    private readonly DomainCapture _domain;
    private readonly ProcessState _process;
    private readonly List<(ObjectId Object, DataspaceCopy Content)> _dataspaces = [];
    private readonly TableCopy _tables;
    private readonly IMemorySnapshot _snapshot;

    private ComponentMoment(StoppedComponent stopped, DomainCapture domain, ProcessState process)
    {
        _component = stopped.Component;
        _domain = domain;
        _process = process;
        LogSequence = _component.Log.LastSequence;
        _dataspaces.Add((domain.Utcbs, DataspaceCopy.Take(_component.Domain.UtcbMemory)));
        TableCopy? tables = null;
        foreach ((ObjectId id, Dataspace dataspace) in domain.Dataspaces)
        {
            if (!dataspace.TryLease(out DataspaceLease? lease))
                throw new CheckpointRefusedException($"a dataspace of {_component.Name} was freed while it was stopped");
            using (lease)
            {
                if (ReferenceEquals(dataspace, _component.Domain.Table))
                    tables = TableCopy.Take(lease.Memory);
                _dataspaces.Add((id, DataspaceCopy.Take(lease.Memory)));
            }
        }

        _tables = tables!;
        _snapshot = stopped.Process.Snapshot();
    }

    /// <summary>Of the last line that was logged before.</summary>
    public long LogSequence { get; }

    /// <exception cref="CheckpointRefusedException">It has what an image cannot keep.</exception>
    public static ComponentMoment Take(StoppedComponent stopped, DomainCapture domain, IComponentMachine machine)
    {
        ProcessState process = domain.WithoutManaged(stopped.Process.Read(machine.Identify));
        domain.CheckMappings(process.Mappings);
        return domain.Obstacles.Count > 0
            ? throw new CheckpointRefusedException(string.Join("; ", domain.Obstacles))
            : new ComponentMoment(stopped, domain, process);
    }

    /// <summary>Writes content and manifest and commits the image.</summary>
    public async Task<ImageManifest> WriteAsync(ImageWriter writer, ImageOrigin origin, CancellationToken cancel)
    {
        // A component whose tables do not hold together can never be restored: better to learn it now.
        TableTruth truth = TableTruth.Of(_domain.Domain, badge => badge);
        TableRelocation.Check(_tables, truth.Held, truth.Gates);
        writer.WritePages(_snapshot, cancel);
        foreach ((ObjectId id, DataspaceCopy content) in _dataspaces)
            writer.WriteDataspace(id, content, cancel);
        ImageManifest manifest = Describe(origin);
        await writer.CommitAsync(manifest, cancel).ConfigureAwait(false);
        return manifest;
    }

    public void Dispose() => _snapshot.Dispose();

    private ImageManifest Describe(ImageOrigin origin) => new()
    {
        Created = origin.Created,
        NodeName = origin.NodeName,
        ComponentName = _component.Name,
        Incarnation = _component.Incarnation,
        Cpu = origin.Cpu,
        Process = _process,
        Domain = _domain.Domain,
        Sessions = _domain.Sessions,
        Announcements = _domain.Announcements,
        Launch = _component.Launch,
    };
}
