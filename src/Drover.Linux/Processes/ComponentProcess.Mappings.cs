using Drover.Linux.Native;
using Drover.Linux.Tracing;
using Drover.Platform;

namespace Drover.Linux.Processes;

internal sealed partial class ComponentProcess
{
    /// <summary>As long as a checkpoint waits: who cannot be stopped keeps what was taken from it, and is ended.</summary>
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(10);

    /// <summary>Of one process, before others have their turn.</summary>
    private const int FaultsAtOnce = 16;

    private IFaultSink? _faultSink; // set once, before the watcher calls
    private ulong _faultKey; // tracer thread only

    public void ReportFaultsTo(IFaultSink sink) => _tracer.Run(() =>
    {
        if (_faultSink is not null)
            throw new InvalidOperationException("The faults are reported already.");
        ObjectDisposedException.ThrowIf(_disposed, this);
        _faultSink = sink;
        _faultKey = _faultWatcher.Watch(_parts.Userfault.Descriptor, TellFaults);
    });

    public IReadOnlyList<MappingChange> Change(IReadOnlyList<MappingChange> changes)
    {
        ArgumentNullException.ThrowIfNull(changes);
        return _tracer.Run(() => ChangeInStage(changes));
    }

    private IReadOnlyList<MappingChange> ChangeInStage(IReadOnlyList<MappingChange> changes)
    {
        ObjectDisposedException.ThrowIf(_disposed || HasEnded, this);
        try
        {
            return _stage switch
            {
                LifeStage.Built => ChangeBeforeStart(changes),
                LifeStage.Stopped => ChangeStopped(changes),
                _ => ChangeRunning(changes),
            };
        }
        catch (ProcessEndedException)
        {
            throw new ObjectDisposedException(nameof(ComponentProcess), "The process has ended.");
        }
        catch (Exception failure) when (failure is LinuxException or TimeoutException or NotKeepableException)
        {
            ProcessEnd.Kill(HostProcessId);
            throw;
        }
    }

    private IReadOnlyList<MappingChange> ChangeBeforeStart(IReadOnlyList<MappingChange> changes)
    {
        Tracee leader = _parts.Leader;
        UserRegisters registers = leader.GetRegisters();
        ulong mask = leader.GetSignalMask();
        leader.SetSignalMask(Stub.Injector.QuietMask);
        IReadOnlyList<MappingChange> failed = new MappingChanger(_parts, leader).Apply(changes);
        leader.SetRegisters(registers);
        leader.SetSignalMask(mask);
        return failed;
    }

    private IReadOnlyList<MappingChange> ChangeStopped(IReadOnlyList<MappingChange> changes)
    {
        _mapsOfStop = null;
        _threads[0].BeginInjection();
        return new MappingChanger(_parts, _threads[0].Tracee).Apply(changes);
    }

    private IReadOnlyList<MappingChange> ChangeRunning(IReadOnlyList<MappingChange> changes)
    {
        StopThreads(StopPatience);
        try
        {
            return ChangeStopped(changes);
        }
        finally
        {
            // Threads that waited in a fault were interrupted by the stop, and try again.
            Resume();
        }
    }

    /// <summary>On the watcher's thread.</summary>
    private void TellFaults()
    {
        try
        {
            for (int i = 0; i < FaultsAtOnce && _parts.Userfault.TryTakeFault(out ulong address, out bool isWrite); i++)
                _faultSink!.Fault(address, isWrite);
        }
        catch (ObjectDisposedException)
        {
            // The process was disposed of meanwhile.
        }
    }

    private void EndFaults()
    {
        if (_faultSink is not null)
            _faultWatcher.Forget(_parts.Userfault.Descriptor, _faultKey);
    }
}
