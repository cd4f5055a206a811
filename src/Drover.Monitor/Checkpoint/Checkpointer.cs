using System.Diagnostics;
using Drover.Core.Memory;
using Drover.Images;
using Drover.Images.State;
using Drover.Monitor.Parent;
using Drover.Monitor.Tables;
using Drover.Platform;
using Drover.Platform.State;

namespace Drover.Monitor.Checkpoint;

/// <summary>
/// Writes a component into an image. The component stands still while its state is read and its memory forked; pages
/// and manifest are written from the fork. Whatever fails, the component runs on as if nothing had been asked.
/// </summary>
internal sealed class Checkpointer(IComponentMachine machine, ServiceDirectory directory, string nodeName, TimeProvider time)
{
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(10);

    public async Task<CheckpointOutcome> RunAsync(
        MonitoredComponent component, string imageDirectory, bool leaveRunning, CancellationToken cancel)
    {
        long requested = Stopwatch.GetTimestamp();
        await component.StopTurn.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            await using ImageWriter writer = ImageWriter.Begin(imageDirectory, machine.Directories);
            RecogniseFiles(component);
            long stopping = Stopwatch.GetTimestamp();
            using IStoppedProcess stopped = component.Process.Stop(StopPatience);
            component.Domain.FinishServing(StopPatience);
            bool standsStill = true;
            try
            {
                Moment moment = Capture(component, stopped);
                using IMemorySnapshot snapshot = moment.Snapshot;
                if (leaveRunning)
                {
                    component.Domain.GoOn();
                    stopped.Resume();
                    standsStill = false;
                }

                TimeSpan pause = Stopwatch.GetElapsedTime(stopping);
                ImageManifest manifest = await WriteAsync(component, writer, moment, cancel).ConfigureAwait(false);
                if (!leaveRunning)
                {
                    // From here on the image is the component.
                    standsStill = false;
                    await component.EndAsync(EndReason.Checkpointed).ConfigureAwait(false);
                }

                return new CheckpointOutcome(
                    manifest, writer.LengthBytes, pause, Stopwatch.GetElapsedTime(requested), moment.LogSequence);
            }
            finally
            {
                if (standsStill)
                    component.Domain.GoOn();
            }
        }
        finally
        {
            component.StopTurn.Release();
        }
    }

    /// <summary>Hashes what the component maps before it is stopped, so that the pause need not.</summary>
    private void RecogniseFiles(MonitoredComponent component)
    {
        foreach (string path in machine.MappedFiles(component.HostProcessId))
        {
            try
            {
                machine.Identify(path, null);
            }
            catch (IOException)
            {
                // It was unmapped and removed meanwhile; if it matters, the checkpoint will say so.
            }
        }
    }

    private Moment Capture(MonitoredComponent component, IStoppedProcess stopped)
    {
        DomainCapture domain = DomainCapture.Take(component, directory.Of(component));
        ProcessState process = stopped.Read(machine.Identify);
        domain.CheckMappings(process.Mappings);
        if (domain.Obstacles.Count > 0)
            throw new CheckpointRefusedException(string.Join("; ", domain.Obstacles));
        List<(ObjectId Object, DataspaceCopy Content)> dataspaces =
            [(domain.Utcbs, DataspaceCopy.Take(component.Domain.UtcbMemory))];
        TableCopy? tables = null;
        foreach ((ObjectId id, Dataspace dataspace) in domain.Dataspaces)
        {
            if (!dataspace.TryLease(out DataspaceLease? lease))
                throw new CheckpointRefusedException($"a dataspace of {component.Name} was freed while it was stopped");
            using (lease)
            {
                if (ReferenceEquals(dataspace, component.Domain.Table))
                    tables = TableCopy.Take(lease.Memory);
                dataspaces.Add((id, DataspaceCopy.Take(lease.Memory)));
            }
        }

        return new Moment(domain, process, dataspaces, tables!, component.Log.LastSequence, stopped.Snapshot());
    }

    private async Task<ImageManifest> WriteAsync(
        MonitoredComponent component, ImageWriter writer, Moment moment, CancellationToken cancel)
    {
        // A component whose tables do not hold together can never be restored: better to learn it now.
        TableTruth truth = TableTruth.Of(moment.Domain.Domain, badge => badge);
        TableRelocation.Check(moment.Tables, truth.Held, truth.Gates);
        writer.WritePages(moment.Snapshot, cancel);
        foreach ((ObjectId id, DataspaceCopy content) in moment.Dataspaces)
            writer.WriteDataspace(id, content, cancel);
        ImageManifest manifest = new()
        {
            Created = time.GetUtcNow(),
            NodeName = nodeName,
            ComponentName = component.Name,
            Incarnation = component.Incarnation,
            Cpu = machine.Cpu,
            Process = moment.Process,
            Domain = moment.Domain.Domain,
            Sessions = moment.Domain.Sessions,
            Announcements = moment.Domain.Announcements,
            Launch = component.Launch,
        };
        await writer.CommitAsync(manifest, cancel).ConfigureAwait(false);
        return manifest;
    }

    /// <summary>Everything that was taken while the component stood still.</summary>
    private sealed record Moment(
        DomainCapture Domain,
        ProcessState Process,
        IReadOnlyList<(ObjectId Object, DataspaceCopy Content)> Dataspaces,
        TableCopy Tables,
        long LogSequence,
        IMemorySnapshot Snapshot);
}
