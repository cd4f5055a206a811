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

    /// <summary>One is. The last one lets the thread go on, unless its domain stands still: then that does. That another
    /// component has no room for what it sees is no failure of this one.</summary>
    public void Arrive(KernelScope scope, ProtectionDomain seenBy, bool hasRoom)
    {
        if (!hasRoom && ReferenceEquals(seenBy, thread.Domain))
            _status = CallStatus.OutOfMemory;
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
