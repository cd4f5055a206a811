using System.Runtime.InteropServices;
using Drover.Contracts.Abi;
using Drover.Core.Ipc;
using Drover.Core.Memory;
using Drover.Platform.Traps;

namespace Drover.Core;

internal enum DeferredKind
{
    Answer,
    AnswerWithDescriptor,
    Wake,
    Queue,
    Dispose,
    Signal,
}

internal readonly record struct DeferredStep(
    DeferredKind Kind,
    ulong CallId,
    long Value,
    object Subject,
    DataspaceLease? Lease = null);

/// <summary>What one thread has yet to do once it has left the kernel's lock. Reused, so that a call allocates nothing.</summary>
internal sealed class DeferredWork
{
    [ThreadStatic]
    private static DeferredWork? _ofThisThread;

    private DeferredStep[] _steps = new DeferredStep[16];
    private int _first;
    private int _end;

    public static DeferredWork OfThisThread => _ofThisThread ??= new DeferredWork();

    /// <summary>Scopes that this thread is in.</summary>
    public int Depth { get; set; }

    public void Add(DeferredStep step)
    {
        if (_end == _steps.Length)
            Array.Resize(ref _steps, _steps.Length * 2);
        _steps[_end++] = step;
    }

    /// <summary>Does everything in order. A step may lead back here; then the inner run does the rest.</summary>
    public void Run(Kernel kernel)
    {
        while (_first < _end)
        {
            DeferredStep step = _steps[_first];
            _steps[_first++] = default;
            if (_first == _end)
                _first = _end = 0;
            try
            {
                Do(step);
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                // The step may belong to another domain than the one whose call is being served: its failure (a process
                // that is gone already) must not end this one.
                kernel.Report(failure, step.Kind.ToString());
            }
        }
    }

    private static void Do(DeferredStep step)
    {
        switch (step.Kind)
        {
            case DeferredKind.Answer:
                ((ITrapPort)step.Subject).Answer(step.CallId, step.Value);
                break;
            case DeferredKind.AnswerWithDescriptor:
                AnswerWithDescriptor(step);
                break;
            case DeferredKind.Wake:
                ((NodeCaller)step.Subject).Wake();
                break;
            case DeferredKind.Queue:
                ThreadPool.UnsafeQueueUserWorkItem((IThreadPoolWorkItem)step.Subject, preferLocal: false);
                break;
            case DeferredKind.Dispose:
                ((IDisposable)step.Subject).Dispose();
                break;
            case DeferredKind.Signal:
                ((ManualResetEventSlim)step.Subject).Set();
                break;
        }
    }

    private static void AnswerWithDescriptor(DeferredStep step)
    {
        using DataspaceLease lease = step.Lease!;
        var port = (ITrapPort)step.Subject;
        SafeHandle descriptor = step.Value != 0 ? lease.Memory.Descriptor : lease.Memory.ReadOnlyDescriptor;
        try
        {
            port.AnswerWithDescriptor(step.CallId, descriptor, closeOnExec: true);
        }
        catch
        {
            // The component may have no free descriptor left; its thread still gets an answer.
            port.Answer(step.CallId, (long)new CallResult(CallStatus.OutOfMemory).Value);
            throw;
        }
    }
}
