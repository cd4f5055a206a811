using Drover.Contracts.Abi;
using Drover.Core.Capabilities;
using Drover.Core.Ipc;
using Drover.Core.Signals;
using Drover.Platform.Traps;

namespace Drover.Core;

public sealed partial class ProtectionDomain
{
    /// <summary>Serves one private call. Never throws for anything the component did; allocates nothing for a call
    /// between known threads.</summary>
    public void Handle(ITrapPort port, in TrappedCall call)
    {
        ArgumentNullException.ThrowIfNull(port);
        KernelThread? served;
        bool isKnown;
        using (KernelScope scope = Kernel.Enter())
        {
            isKnown = _threads.TryFind(call.HostThreadId, out KernelThread? thread);
            served = isKnown ? Serve(scope, port, thread, call) : null;
        }

        if (!isKnown)
            served = ServeUnknown(port, call);
        if (served is not null)
            ServeInline(served);
    }

    private KernelThread? ServeUnknown(ITrapPort port, in TrappedCall call)
    {
        int namespaceThreadId = port.NamespaceThreadId(call.HostThreadId);
        using KernelScope scope = Kernel.Enter();
        KernelThread? thread = _threads.Bind(call.HostThreadId, namespaceThreadId);
        if (thread is null && (PrivateCall)call.Number == PrivateCall.Startup)
        {
            Startup(scope, port, namespaceThreadId, call);
            return null;
        }

        return Serve(scope, port, thread, call);
    }

    private void Startup(KernelScope scope, ITrapPort port, int namespaceThreadId, in TrappedCall call)
    {
        if (!Accepts(scope, port, call))
            return;
        KernelThread? thread = null;
        // Without the id by which a rebuilt thread is recognised, the domain could not be described.
        if (call.Argument0 == AbiVersion.Current && namespaceThreadId > 0)
            thread = _threads.Add(call.HostThreadId, namespaceThreadId);
        AnswerStartup(scope, port, thread, call);
    }

    /// <summary>Serves the call under the lock. What it gives back is a thread whose call is to be served by a service
    /// on this very thread, outside the lock.</summary>
    private KernelThread? Serve(KernelScope scope, ITrapPort port, KernelThread? thread, in TrappedCall call)
    {
        if (!Accepts(scope, port, call))
            return null;
        var number = (PrivateCall)call.Number;
        if (number == PrivateCall.Startup)
        {
            AnswerStartup(scope, port, thread, call);
            return null;
        }

        if (thread is null)
        {
            scope.Answer(port, call.Id, new CallResult(CallStatus.NotAttached));
            return null;
        }

        ulong sequence = call.Argument2;
        if (thread.IsReissue(sequence))
        {
            ServeAgain(scope, port, thread, number, call.Id);
            return null;
        }

        if (thread.Service is not null)
        {
            // The thread gave up a call that a service is still busy with; it has to see that one through first.
            scope.Answer(port, call.Id, new CallResult(CallStatus.Denied));
            return null;
        }

        thread.GiveUp();
        thread.Waits(call.Id);
        return Begin(scope, thread, number, sequence, call);
    }

    /// <summary>While the domain is stopped a call is left alone: its thread was interrupted and issues it again.</summary>
    private bool Accepts(KernelScope scope, ITrapPort port, in TrappedCall call)
    {
        if (IsStopped)
            return false;
        if (!IsAlive)
        {
            scope.Answer(port, call.Id, new CallResult(CallStatus.PeerGone));
            return false;
        }

        Port = port;
        return true;
    }

    private void AnswerStartup(KernelScope scope, ITrapPort port, KernelThread? thread, in TrappedCall call)
    {
        CallResult result = new(CallStatus.VersionMismatch);
        if (call.Argument0 == AbiVersion.Current)
            result = thread is null ? new(CallStatus.NotAttached) : new(CallStatus.Ok, (uint)thread.Slot);
        if (result.Status == CallStatus.Ok)
            TellWellKnown(thread!);
        scope.Answer(port, call.Id, result);
    }

    /// <summary>The component cannot know the badges of what it held before its first instruction otherwise.</summary>
    private void TellWellKnown(KernelThread thread)
    {
        thread.Arrival.Begin(0);
        _utcbs.WriteHeader(thread.Slot, 0, 0);
        for (uint selector = WellKnownSelectors.Parent; selector <= WellKnownSelectors.Rm; selector++)
        {
            ulong badge = _space.Find(selector)?.Badge.Value ?? 0;
            _utcbs.WriteCapability(thread.Slot, (int)(selector - WellKnownSelectors.Parent), selector, badge);
            thread.Arrival.Add(selector, badge);
        }
    }

    private static void ServeAgain(KernelScope scope, ITrapPort port, KernelThread thread, PrivateCall number, ulong callId)
    {
        if (thread.Call != number)
        {
            scope.Answer(port, callId, new CallResult(CallStatus.InvalidArgument));
            return;
        }

        thread.Waits(callId);
        if (thread.Phase == ThreadPhase.Answered)
            thread.SendKept(scope);
    }

    private KernelThread? Begin(KernelScope scope, KernelThread thread, PrivateCall number, ulong sequence, in TrappedCall call)
    {
        switch (number)
        {
            case PrivateCall.Call:
                thread.Begin(number, sequence, ThreadPhase.Calling);
                return BeginCall(scope, thread, call.Argument0, call.Argument1);
            case PrivateCall.ReplyAndWait:
                thread.Begin(number, sequence, ThreadPhase.Waiting);
                ReplyAndWait(scope, thread, call.Argument0, call.Argument1);
                return null;
            case PrivateCall.Reply:
                thread.Begin(number, sequence, ThreadPhase.Calling);
                thread.Answer(scope, new CallResult(Reply(scope, thread, call.Argument0)));
                return null;
            case PrivateCall.SignalWait:
                thread.Begin(number, sequence, ThreadPhase.WaitingForSignal);
                SignalWait(scope, thread, call.Argument0);
                return null;
            case PrivateCall.Release:
                thread.Begin(number, sequence, ThreadPhase.Calling);
                thread.Answer(scope, new CallResult(Release(call.Argument0, call.Argument1)));
                return null;
            case PrivateCall.MapAttachment:
                thread.Begin(number, sequence, ThreadPhase.Calling);
                MapAttachment(scope, thread, call.Argument0);
                return null;
            case PrivateCall.AwaitMappings:
                thread.Begin(number, sequence, ThreadPhase.Calling);
                AwaitMappings(scope, thread, call.Argument0);
                return null;
            default:
                thread.Begin(number, sequence, ThreadPhase.Calling);
                thread.Answer(scope, new CallResult(CallStatus.InvalidArgument));
                return null;
        }
    }

    private KernelThread? BeginCall(KernelScope scope, KernelThread thread, ulong selector, ulong info)
    {
        KernelObject? target = Find(selector);
        CallStatus status = target switch
        {
            null => CallStatus.NoSuchSelector,
            { IsAlive: false } => CallStatus.PeerGone,
            not (Gate or IServedObject) => CallStatus.WrongKind,
            _ when info > uint.MaxValue => CallStatus.MessageTooLong,
            _ => _utcbs.Read(thread.Slot, new MessageInfo((uint)info), _space, thread.Message),
        };
        if (status != CallStatus.Ok)
        {
            thread.Answer(scope, new CallResult(status));
            return null;
        }

        if (target is not Gate gate)
            return BeginService(scope, thread, (IServedObject)target!);
        Rendezvous.Send(scope, thread, gate);
        return null;
    }

    /// <summary>A reply that cannot be sent is refused, and the server can reply again; after that it waits.</summary>
    private void ReplyAndWait(KernelScope scope, KernelThread thread, ulong entrypoint, ulong reply)
    {
        CallStatus status = entrypoint < EntrypointCount ? Reply(scope, thread, reply) : CallStatus.InvalidArgument;
        if (status == CallStatus.Ok)
            Rendezvous.Receive(scope, thread, _entrypoints[entrypoint]);
        else
            thread.Answer(scope, new CallResult(status));
    }

    private CallStatus Reply(KernelScope scope, KernelThread thread, ulong reply)
    {
        if (thread.Serving is not { } right)
            return CallStatus.Ok;
        if (!right.IsHeldBy(thread))
        {
            thread.Serving = null;
            return CallStatus.Ok;
        }

        var result = new CallResult(reply);
        if (reply >> 40 != 0 || result.Status > CallStatus.Denied)
            return CallStatus.InvalidArgument;
        if (result.Status == CallStatus.Ok)
        {
            CallStatus status = _utcbs.Read(thread.Slot, new MessageInfo(result.Info), _space, right.Caller.Message);
            if (status != CallStatus.Ok)
                return status;
        }

        thread.Serving = null;
        right.Caller.Complete(scope, result.Status);
        return CallStatus.Ok;
    }

    private void SignalWait(KernelScope scope, KernelThread thread, ulong selector)
    {
        KernelObject? target = Find(selector);
        CallStatus status = target switch
        {
            null => CallStatus.NoSuchSelector,
            not SignalSource => CallStatus.WrongKind,
            { IsAlive: false } => CallStatus.PeerGone,
            _ when !ReferenceEquals(target.Owner, this) => CallStatus.Denied,
            _ => CallStatus.Ok,
        };
        if (status == CallStatus.Ok)
            ((SignalSource)target!).Wait(scope, thread);
        else
            thread.Answer(scope, new CallResult(status));
    }

    private CallStatus Release(ulong selector, ulong count) =>
        selector > uint.MaxValue ? CallStatus.NoSuchSelector : _space.Release((uint)selector, count);

    private KernelObject? Find(ulong selector) => selector > uint.MaxValue ? null : _space.Find((uint)selector);
}
