using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Drover.Contracts.Abi;
using Drover.Contracts.Rpc;
using Drover.Core.Capabilities;

namespace Drover.Core.Ipc;

/// <summary>
/// Node-side code as a caller, one for each thread and nesting depth: while a service inside the node serves a call of
/// this thread, its own calls use the next one, so that they do not write over the message being served.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "Its wait handle is never asked for, so the event holds nothing to give back.")]
internal sealed class NodeCaller : Caller
{
    private const int MaximumDepth = 16;

    [ThreadStatic]
    private static NodeCaller?[]? _ofThisThread;

    [ThreadStatic]
    private static int _depth;

    [ThreadStatic]
    private static int _dispatchDepth;

    private readonly ManualResetEventSlim _done = new(false);
    private bool _isCalling; // guarded by the kernel's lock
    private CallStatus _status; // guarded by the kernel's lock

    private NodeCaller()
    {
    }

    public static NodeCaller OfThisThread
    {
        get
        {
            NodeCaller?[] callers = _ofThisThread ??= new NodeCaller?[MaximumDepth];
            if (_depth == MaximumDepth)
                throw new InvalidOperationException("services inside the node call each other without end");
            return callers[_depth] ??= new NodeCaller();
        }
    }

    /// <summary>True while this thread serves a component's call on its dispatch thread.</summary>
    public static bool IsOnDispatchThread => _dispatchDepth > 0;

    public override bool IsCalling => _isCalling;

    public KernelMessage BeginMessage()
    {
        Message.Reset();
        return Message;
    }

    /// <summary>Serves a request that came in on this thread, so that calls made meanwhile have a message of their own.</summary>
    public static CallStatus Serve(Kernel kernel, IServedObject served, KernelMessage message, bool onDispatchThread)
    {
        _depth++;
        if (onDispatchThread)
            _dispatchDepth++;
        try
        {
            CallStatus status = served.Dispatcher.Dispatch(message, out Exception? fault);
            if (fault is not null)
                kernel.Report(fault, ((KernelObject)served).Description);
            return status;
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            // A dispatcher does not throw; if one does, the caller still gets its answer.
            kernel.Report(failure, ((KernelObject)served).Description);
            return CallStatus.ServerFault;
        }
        finally
        {
            _depth--;
            if (onDispatchThread)
                _dispatchDepth--;
        }
    }

    public CallStatus Call(KernelObject target, KernelMessage request)
    {
        if (!ReferenceEquals(request, Message))
            throw new ArgumentException("the message is not the one of this thread", nameof(request));
        if (!target.IsAlive)
            return CallStatus.PeerGone;
        return target switch
        {
            IServedObject served => Serve(target.Kernel, served, request, onDispatchThread: false),
            Gate gate => CallComponent(gate),
            _ => CallStatus.WrongKind,
        };
    }

    public override void Complete(KernelScope scope, CallStatus status)
    {
        Target = null;
        Server = null;
        _isCalling = false;
        _status = status;
        scope.Wake(this);
    }

    public void Wake() => _done.Set();

    private CallStatus CallComponent(Gate gate)
    {
        if (IsOnDispatchThread)
            throw new InvalidOperationException("a service that calls components must be deferred: the dispatch thread cannot wait");
        _done.Reset();
        using (KernelScope scope = gate.Kernel.Enter())
        {
            Sequence++;
            _isCalling = true;
            Rendezvous.Send(scope, this, gate);
        }

        return AwaitReply(gate.Kernel);
    }

    private CallStatus AwaitReply(Kernel kernel)
    {
        TimeSpan patience = kernel.NodeCallPatience;
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            TimeSpan left = patience - Stopwatch.GetElapsedTime(start);
            bool woken = left > TimeSpan.Zero && _done.Wait(left);
            using KernelScope scope = kernel.Enter();
            if (!_isCalling)
                return _status;
            if (!woken)
            {
                GiveUp();
                return CallStatus.PeerGone;
            }

            // The wake-up of a call that was given up came late.
            _done.Reset();
        }
    }

    /// <summary>The reply right of whoever serves it is stale from now on.</summary>
    private void GiveUp()
    {
        if (Queue is WaitQueue<Caller> requests)
            requests.Remove(this);
        Target = null;
        Server = null;
        _isCalling = false;
        Message.Reset();
    }
}
