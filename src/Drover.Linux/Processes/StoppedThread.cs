using Drover.Linux.Native;
using Drover.Linux.Stub;
using Drover.Linux.Tracing;

namespace Drover.Linux.Processes;

/// <summary>A stopped thread of a component and how to put it back as it was.</summary>
internal sealed class StoppedThread(Tracee tracee)
{
    private bool _changed;

    public Tracee Tracee { get; } = tracee;

    /// <summary>As they are to be when the thread goes on here.</summary>
    public UserRegisters Registers { get; set; } = tracee.GetRegisters();

    public ulong SignalMask { get; } = tracee.GetSignalMask();

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
        Tracee.SetRegisters(Registers);
        Tracee.SetSignalMask(SignalMask);
        _changed = false;
    }

    /// <summary>Has the thread go on with other registers than it was stopped with.</summary>
    public void Redirect(in UserRegisters registers)
    {
        Registers = registers;
        _changed = true;
    }
}
