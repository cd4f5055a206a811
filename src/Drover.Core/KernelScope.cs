using Drover.Contracts.Abi;
using Drover.Core.Ipc;
using Drover.Core.Memory;
using Drover.Platform.Traps;

namespace Drover.Core;

/// <summary>
/// Holds the kernel's lock. What must not happen under it (answering a trapped call, waking node-side code, handing
/// work to the pool, giving memory back) is noted here and done when the lock has been left.
/// </summary>
internal readonly ref struct KernelScope
{
    private readonly Kernel _kernel;
    private readonly DeferredWork _work;

    public KernelScope(Kernel kernel)
    {
        _kernel = kernel;
        kernel.IpcLock.Enter();
        _work = DeferredWork.OfThisThread;
        _work.Depth++;
    }

    public void Answer(ITrapPort port, ulong callId, CallResult result) =>
        _work.Add(new DeferredStep(DeferredKind.Answer, callId, (long)result.Value, port));

    /// <summary>The memory is borrowed by the caller for this step, and given back by it.</summary>
    public void AnswerWithDescriptor(ITrapPort port, ulong callId, DataspaceLease lease, bool writable) =>
        _work.Add(new DeferredStep(DeferredKind.AnswerWithDescriptor, callId, writable ? 1 : 0, port, lease));

    public void Wake(NodeCaller caller) => _work.Add(new DeferredStep(DeferredKind.Wake, 0, 0, caller));

    public void Queue(IThreadPoolWorkItem work) => _work.Add(new DeferredStep(DeferredKind.Queue, 0, 0, work));

    public void Dispose(IDisposable resource) => _work.Add(new DeferredStep(DeferredKind.Dispose, 0, 0, resource));

    public void Signal(ManualResetEventSlim done) => _work.Add(new DeferredStep(DeferredKind.Signal, 0, 0, done));

    /// <summary>Leaves the lock; the outermost scope of the thread then does what was noted.</summary>
    public void Dispose()
    {
        int depth = --_work.Depth;
        _kernel.IpcLock.Exit();
        if (depth == 0)
            _work.Run(_kernel);
    }
}
