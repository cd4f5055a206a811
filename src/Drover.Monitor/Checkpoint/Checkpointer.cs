using System.Diagnostics;
using Drover.Core;
using Drover.Core.State;
using Drover.Images;
using Drover.Monitor.Parent;

namespace Drover.Monitor.Checkpoint;

/// <summary>
/// Writes components into images. They stand still while their state is read and their memory forked; pages and
/// manifests are written from the forks. Whatever fails, all of them run on as if nothing had been asked.
/// </summary>
internal sealed class Checkpointer(
    Kernel kernel, IComponentMachine machine, ServiceDirectory directory, string nodeName, TimeProvider time)
{
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(10);

    public async Task<CheckpointOutcome> RunAsync(
        MonitoredComponent component, string imageDirectory, bool leaveRunning, CancellationToken cancel)
    {
        long requested = Stopwatch.GetTimestamp();
        using StopTurns turns = await StopTurns.TakeAsync([component], cancel).ConfigureAwait(false);
        await using ImageWriter writer = ImageWriter.Begin(imageDirectory, machine.Directories);
        RecogniseFiles(component);
        using Standstill still = Standstill.Begin([component], StopPatience);
        using ComponentMoment moment = Capture(still)[0];
        if (leaveRunning)
            still.GoOn();
        TimeSpan pause = still.Duration;
        ImageManifest manifest = await moment.WriteAsync(writer, Origin(), cancel).ConfigureAwait(false);
        if (!leaveRunning)
            await still.EndAsync().ConfigureAwait(false);
        return new CheckpointOutcome(manifest, writer.LengthBytes, pause, Stopwatch.GetElapsedTime(requested), moment.LogSequence);
    }

    private ImageOrigin Origin() => new(time.GetUtcNow(), nodeName, machine.Cpu);

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

    /// <summary>All or none.</summary>
    private List<ComponentMoment> Capture(Standstill still)
    {
        List<ComponentMoment> moments = [];
        try
        {
            foreach ((StoppedComponent stopped, DomainCapture domain) in still.Members.Zip(Describe(still)))
                moments.Add(ComponentMoment.Take(stopped, domain, machine));
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
        IReadOnlyList<DomainState> states = kernel.Capture([.. still.Members.Select(stopped => stopped.Component.Domain)]);
        return
        [
            .. still.Members.Zip(states, (stopped, state) =>
                new DomainCapture(stopped.Component, state, directory.Of(stopped.Component), stopped.Process)),
        ];
    }
}
