using System.Buffers.Binary;
using Drover.Linux.Native;
using Drover.Linux.Stub;
using Drover.Linux.Tracing;

namespace Drover.Linux.Processes;

/// <summary>A stopped thread of a component and how to put it back as it was.</summary>
internal sealed class StoppedThread
{
    private UserRegisters _goOnWith;
    private bool _changed;

    public StoppedThread(Tracee tracee)
    {
        Tracee = tracee;
        Registers = tracee.GetRegisters();
        SignalMask = tracee.GetSignalMask();
        _goOnWith = Registers;
        // What the stop itself did to the thread is not to be seen by it.
        if (CallTurn.FailedWithInterruption(Registers) && !HasSignal(SignalMask))
        {
            WasCutShort = true;
            CallTurn.Reissue(ref _goOnWith, (int)Registers.OriginalRax);
            _changed = true;
        }
    }

    public Tracee Tracee { get; }

    /// <summary>As they were at the stop.</summary>
    public UserRegisters Registers { get; }

    public ulong SignalMask { get; }

    /// <summary>True if the stop, and no signal, made the thread's call fail with EINTR.</summary>
    public bool WasCutShort { get; }

    /// <summary>To be called before calls are injected: from here on the thread hears no signals.</summary>
    public void BeginInjection()
    {
        _changed = true;
        Tracee.SetSignalMask(Injector.QuietMask);
    }

    /// <summary>Undoes what injections changed. Kernel state that a blocked call restarts from is untouched by them.</summary>
    public void PutBack()
    {
        if (!_changed)
            return;
        Tracee.SetRegisters(_goOnWith);
        Tracee.SetSignalMask(SignalMask);
        _changed = false;
    }

    /// <summary>Has the thread go on at another instruction than it was stopped at.</summary>
    public void GoOnAt(ulong address)
    {
        _goOnWith.Rip = address;
        _changed = true;
    }

    private bool HasSignal(ulong mask) => Tracee.PeekPending(shared: false)
        .Concat(Tracee.PeekPending(shared: true))
        .Select(information => BinaryPrimitives.ReadInt32LittleEndian(information))
        .Any(signal => signal is >= 1 and <= Signals.Last && (mask & Signals.Bit(signal)) == 0);
}
