using System.Diagnostics;
using Drover.Core;
using Drover.Core.State;
using Drover.Images;
using Drover.Images.Group;
using Drover.Monitor.Parent;
using Drover.Monitor.Snapshots;
using Drover.Platform.Faults;

namespace Drover.Monitor.Checkpoint;

/// <summary>
/// Writes components into images. They stand still while their state is read and their memory forked; pages and
/// manifests are written from the forks. Whatever fails, all of them run on as if nothing had been asked.
/// </summary>
internal sealed class Checkpointer(
    Kernel kernel, IComponentMachine machine, ServiceDirectory directory, string nodeName, TimeProvider time)
{
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(10);

    public async Task<CheckpointOutcome> RunAsync(MonitoredComponent component, CheckpointOrder order, CancellationToken cancel)
    {
        ImageReader? parent = order.Parent;
        if (parent is not null)
            CheckParent(component, parent);
        long requested = Stopwatch.GetTimestamp();
        using StopTurns turns = await StopTurns.TakeAsync([component], cancel).ConfigureAwait(false);
        machine.Faults.Reach(FaultPoint.CheckpointBeginImage);
        await using ImageWriter writer = ImageWriter.Begin(order.Directory, machine.Directories, parent);
        writer.Faults = machine.Faults;
        writer.Compress = order.Compress;
        RecogniseFiles(component);
        ImageBase basis = Prepare(component, writer, order, cancel);
        using Standstill still = Standstill.Begin([component], StopPatience, machine.Faults);
        using ComponentMoment moment = Capture(still, [basis])[0];
        if (order.LeaveRunning)
            still.GoOn();
        TimeSpan pause = still.Duration;
        ImageManifest manifest = await moment.WriteAsync(writer, Origin(order.LeaveRunning), cancel).ConfigureAwait(false);
        if (!order.LeaveRunning)
        {
            // The fork goes first, so that nothing of the component's namespaces outlives it.
            moment.Dispose();
            await still.EndAsync().ConfigureAwait(false);
        }

        return new CheckpointOutcome(manifest, writer.Directory, writer.LengthBytes, pause, Stopwatch.GetElapsedTime(requested), moment.LogSequence)
        {
            Image = order.KeepOpen ? writer.OpenCommitted() : null,
            Rounds = order.PreCopy ? basis.PreCopy?.Rounds : null,
        };
    }

    /// <summary>Keeps a component in memory; it runs on.</summary>
    public async Task<ComponentSnapshot> KeepAsync(MonitoredComponent component, string name, CancellationToken cancel)
    {
        long requested = Stopwatch.GetTimestamp();
        using StopTurns turns = await StopTurns.TakeAsync([component], cancel).ConfigureAwait(false);
        RecogniseFiles(component);
        PrepareFork(component, cancel);
        using Standstill still = Standstill.Begin([component], StopPatience, machine.Faults);
        using ComponentMoment moment = Capture(still, [ImageBase.None])[0];
        still.GoOn();
        return moment.Keep(name, Origin(leftRunning: true), still.Duration, requested);
    }

    /// <summary>All stand still at one moment, so that calls, sessions and memory between them are kept as they are.</summary>
    public async Task<GroupOutcome> RunGroupAsync(IReadOnlyList<MonitoredComponent> components, CheckpointOrder order, CancellationToken cancel)
    {
        bool leaveRunning = order.LeaveRunning;
        long requested = Stopwatch.GetTimestamp();
        using StopTurns turns = await StopTurns.TakeAsync(components, cancel).ConfigureAwait(false);
        await using GroupWriter group = GroupWriter.Begin(order.Directory, machine.Directories);
        ImageWriter[] writers = [.. components.Select(component => group.Add(component.Name))];
        List<ImageBase> bases = [];
        foreach ((MonitoredComponent component, ImageWriter writer) in components.Zip(writers))
        {
            writer.Faults = machine.Faults;
            writer.Compress = order.Compress;
            RecogniseFiles(component);
            bases.Add(Prepare(component, writer, order, cancel));
        }

        using Standstill still = Standstill.Begin(components, StopPatience, machine.Faults);
        List<ComponentMoment> moments = Capture(still, bases);
        try
        {
            if (leaveRunning)
                still.GoOn();
            TimeSpan pause = still.Duration;
            ImageOrigin origin = Origin(leaveRunning);
            List<CheckpointOutcome> outcomes = [];
            foreach ((ComponentMoment moment, ImageWriter writer, ImageBase basis) in moments.Zip(writers, bases))
            {
                ImageManifest manifest = await moment.WriteAsync(writer, origin, cancel).ConfigureAwait(false);
                outcomes.Add(new CheckpointOutcome(manifest, writer.Directory, writer.LengthBytes, pause, Stopwatch.GetElapsedTime(requested), moment.LogSequence)
                {
                    Rounds = basis.PreCopy?.Rounds,
                });
            }

            await group.CommitAsync(origin.Created, nodeName, cancel).ConfigureAwait(false);
            if (!leaveRunning)
            {
                moments.ForEach(moment => moment.Dispose());
                await still.EndAsync().ConfigureAwait(false);
            }

            return new GroupOutcome(outcomes, group.LengthBytes, Stopwatch.GetElapsedTime(requested));
        }
        finally
        {
            moments.ForEach(moment => moment.Dispose());
        }
    }

    /// <summary>Does what can be done before the stop. Where much was written since the parent image, that is copied in one round: it is
    /// known already, so it need not be copied while the component stands still.</summary>
    private ImageBase Prepare(MonitoredComponent component, ImageWriter writer, CheckpointOrder order, CancellationToken cancel)
    {
        bool isNoted = order.Parent?.Manifest.ImageId is { } id && component.WritesNotedSince == id;
        if (!order.PreCopy && !isNoted)
        {
            PrepareFork(component, cancel);
            return new ImageBase(order.Parent, null, null);
        }

        DataspaceRounds dataspaces = new(component, writer, isNoted);
        if (!order.PreCopy && component.BytesNoted <= PreCopy.FewBytes)
        {
            dataspaces.Prepare();
            return new ImageBase(order.Parent, dataspaces, null);
        }

        int mostRounds = order.PreCopy ? PreCopy.MostRounds : 1;
        return new ImageBase(order.Parent, dataspaces, PreCopy.Run(component, writer, dataspaces, isNoted, mostRounds, machine.Faults, cancel));
    }

    private ImageOrigin Origin(bool leftRunning) => new(time.GetUtcNow(), nodeName, machine.Cpu, leftRunning);

    private static void CheckParent(MonitoredComponent component, ImageReader parent)
    {
        if (parent.Manifest.Incarnation != component.Incarnation || parent.Manifest.ImageId is null)
        {
            throw new CheckpointRefusedException(
                $"the image in {parent.Directory} is of another instance than the {component.Name} that runs here; a delta image builds upon one of the same instance");
        }

        if (parent.Chain.Count >= ImageFormat.LongestChain)
            throw new CheckpointRefusedException($"the image in {parent.Directory} builds upon {parent.Chain.Count - 1} others already; merge them first");
    }

    /// <summary>Hashes what the component maps before it is stopped, so that the pause need not.</summary>
    private void RecogniseFiles(MonitoredComponent component)
    {
        machine.Faults.Reach(FaultPoint.CheckpointRecogniseFiles);
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

    private void PrepareFork(MonitoredComponent component, CancellationToken cancel)
    {
        machine.Faults.Reach(FaultPoint.CheckpointPrepareFork);
        component.Process.PrepareSnapshot(cancel);
    }

    /// <summary>All or none.</summary>
    private List<ComponentMoment> Capture(Standstill still, IReadOnlyList<ImageBase> bases)
    {
        List<ComponentMoment> moments = [];
        try
        {
            foreach ((StoppedComponent stopped, DomainCapture domain, ImageBase basis) in still.Members.Zip(Describe(still), bases))
                moments.Add(ComponentMoment.Take(stopped, domain, machine, basis));
            return moments;
        }
        catch
        {
            moments.ForEach(moment => moment.Dispose());
            throw;
        }
    }

    private List<DomainCapture> Describe(Standstill still)
    {
        machine.Faults.Reach(FaultPoint.CheckpointDescribe);
        CaptureGroup group = new(still.Members.Select(stopped => stopped.Component));
        IReadOnlyList<DomainState> states = kernel.Capture([.. still.Members.Select(stopped => stopped.Component.Domain)]);
        return
        [
            .. still.Members.Zip(states, (stopped, state) =>
                new DomainCapture(stopped.Component, state, directory.Of(stopped.Component), group, stopped.Process)),
        ];
    }
}
