using Drover.Contracts.Abi;
using Drover.Core.Ipc;

namespace Drover.Core.Memory;

/// <summary>A thread that waits until address spaces are in step with their region maps. Guarded by the kernel's lock.</summary>
internal sealed class MappingWait(KernelThread thread, uint info)
{
    private int _outstanding;
    private CallStatus _status;

    public bool IsDone => _outstanding == 0;

    /// <summary>One more address space has to be in step.</summary>
    public void Expect() => _outstanding++;

    /// <summary>Tells the thread that an address space has no room for all that it is to see; false if it is not told, since
    /// that another component has no room is no failure of this one.</summary>
    public bool TellLackOfRoom(ProtectionDomain seenBy)
    {
        if (!ReferenceEquals(seenBy, thread.Domain))
            return false;
        _status = CallStatus.OutOfMemory;
        return true;
    }

    /// <summary>One is. The last one lets the thread go on, unless its domain stands still: then that does.</summary>
    public void Arrive(KernelScope scope)
    {
        if (--_outstanding == 0)
            Finish(scope);
    }

    /// <summary>Answers, if the thread still waits for this and may be answered.</summary>
    public void Finish(KernelScope scope)
    {
        if (!IsDone || !ReferenceEquals(thread.MappingWait, this) || thread.Domain.IsStopped)
            return;
        thread.MappingWait = null;
        thread.Answer(scope, new CallResult(_status, _status == CallStatus.Ok ? info : 0));
    }
}
