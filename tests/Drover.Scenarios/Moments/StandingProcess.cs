using System.Runtime.InteropServices;
using Drover.Platform;
using Drover.Platform.State;
using Drover.Platform.Traps;

namespace Drover.Scenarios.Moments;

/// <summary>A process that stays stopped from one stop to the next while that is wanted, so that several checkpoints are of the same
/// moment. To be used by one thread at a time.</summary>
internal sealed class StandingProcess(IComponentProcess process) : IComponentProcess
{
    private IStoppedProcess? _stopped;
    private bool _stands;

    /// <summary>Bytes of private and shared memory found written at the last stop, since the look before.</summary>
    public (ulong Private, ulong Shared) WrittenAtStop { get; private set; }

    public int HostProcessId => process.HostProcessId;

    public ITrapPort Port => process.Port;

    public IAddressSpace AddressSpace => process.AddressSpace;

    public Task<ProcessExit> Exited => process.Exited;

    public long RunsSince => process.RunsSince;

    public TimeSpan RanSinceRecorded => process.RanSinceRecorded;

    /// <summary>From the next stop on it does not go on.</summary>
    public void StandAtNextStop() => _stands = true;

    public void GoOn()
    {
        _stands = false;
        _stopped?.Dispose();
        _stopped = null;
    }

    public void Start() => process.Start();

    public void PrepareSnapshot(CancellationToken cancel) => process.PrepareSnapshot(cancel);

    public IStoppedProcess Stop(TimeSpan patience) => new Stopped(this, _stopped ??= process.Stop(patience));

    public IRunningMemory OpenMemory() => process.OpenMemory();

    public void Kill() => process.Kill();

    public void Dispose() => process.Dispose();

    private sealed class Stopped(StandingProcess owner, IStoppedProcess stopped) : IStoppedProcess
    {
        public TimeSpan RanSinceStop => stopped.RanSinceStop;

        public ProcessState Read(Func<string, SafeHandle, FileIdentity> identify) => stopped.Read(identify);

        public IMemorySnapshot Snapshot() => stopped.Snapshot();

        public PageChanges TakeChanges()
        {
            PageChanges changes = stopped.TakeChanges();
            owner.WrittenAtStop = (
                PageRuns.LengthBytes(changes.Written),
                changes.Shared.Aggregate(0UL, (sum, shared) => sum + PageRuns.LengthBytes(shared.Written)));
            return changes;
        }

        public IMemorySnapshot Copy(IReadOnlyList<PageRun> pages) => stopped.Copy(pages);

        public void Resume()
        {
            if (!owner._stands)
                owner.GoOn();
        }

        public void Dispose() => Resume();
    }
}
