using System.Diagnostics.CodeAnalysis;
using Drover.Contracts.Abi;
using Drover.Core.Ipc;

namespace Drover.Core;

/// <summary>Calls of this domain that are served inside the node.</summary>
[SuppressMessage("Design", "CA1001", Justification = "Its wait handle is never asked for, so the event holds nothing to give back.")]
public sealed partial class ProtectionDomain
{
    private readonly Queue<KernelThread> _deferred = new();
    private readonly ManualResetEventSlim _servicesDone = new(false);
    private int _deferredRunning;
    private int _inlineRunning;

    /// <summary>Deferred calls that have not begun stay in line until the domain goes on.</summary>
    private bool _holdsServices;

    internal bool HoldsServices
    {
        get
        {
            using KernelScope scope = Kernel.Enter();
            return _holdsServices;
        }
    }

    /// <summary>On a thread of the pool.</summary>
    internal void ServeDeferred(KernelThread thread)
    {
        // Unless the thread has ended while its call stood in line.
        CallStatus status = thread.HasEnded
            ? CallStatus.PeerGone
            : NodeCaller.Serve(Kernel, thread.Service!, thread.Message, onDispatchThread: false);
        using KernelScope scope = Kernel.Enter();
        EndService(scope, thread, status);
        _deferredRunning--;
        StartDeferred(scope);
        SignalServicesDone(scope);
    }

    /// <summary>The thread is given back if its call is to be served on this very thread.</summary>
    private KernelThread? BeginService(KernelScope scope, KernelThread thread, IServedObject service)
    {
        thread.Service = service;
        if (service.Mode == ServiceMode.Inline)
        {
            _inlineRunning++;
            return thread;
        }

        _deferred.Enqueue(thread);
        StartDeferred(scope);
        return null;
    }

    private void ServeInline(KernelThread thread)
    {
        CallStatus status = NodeCaller.Serve(Kernel, thread.Service!, thread.Message, onDispatchThread: true);
        using KernelScope scope = Kernel.Enter();
        EndService(scope, thread, status);
        _inlineRunning--;
        SignalServicesDone(scope);
    }

    private static void EndService(KernelScope scope, KernelThread thread, CallStatus status)
    {
        if (thread.HasEnded)
            thread.Service = null;
        else
            thread.CompleteService(scope, status);
    }

    private void SignalServicesDone(KernelScope scope)
    {
        if (_holdsServices && _deferredRunning == 0)
            scope.Signal(_servicesDone);
    }

    private void StartDeferred(KernelScope scope)
    {
        while (!_holdsServices && _deferredRunning < Kernel.DeferredCallsPerDomain && _deferred.TryDequeue(out KernelThread? thread))
        {
            _deferredRunning++;
            scope.Queue(thread);
        }
    }
}
