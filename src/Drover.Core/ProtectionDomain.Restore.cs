using Drover.Contracts.Abi;
using Drover.Core.Capabilities;
using Drover.Core.Ipc;
using Drover.Core.Memory;
using Drover.Core.Signals;
using Drover.Core.State;

namespace Drover.Core;

/// <summary>Parts of <see cref="DomainRestoration"/> that need the kernel's lock.</summary>
public sealed partial class ProtectionDomain
{
    internal void StandStill()
    {
        using KernelScope scope = Kernel.Enter();
        IsStopped = true;
    }

    internal void RestoreThreads(IReadOnlyList<ThreadIpcState> states, IReadOnlyDictionary<ulong, KernelObject> objects)
    {
        using KernelScope scope = Kernel.Enter();
        foreach (ThreadIpcState state in states)
            RestoreThread(scope, state, objects);
    }

    /// <summary>Gives the threads their reply rights back, as far as the domains of the callers are restored too.</summary>
    /// <param name="domains">These, by the old badge of their tables.</param>
    internal void RestoreServing(IReadOnlyList<ThreadIpcState> states, IReadOnlyDictionary<ulong, ProtectionDomain> domains)
    {
        using KernelScope scope = Kernel.Enter();
        foreach (ThreadIpcState state in states)
        {
            if (!state.IsServing || state.ServedSlot < 0)
                continue;
            // It would take the next request and the caller would wait for ever.
            if (state.Phase == RecordedPhase.Waiting)
                throw new DomainStateException($"thread {state.ThreadId}", "waits for a request while it serves one");
            if (state.ServedDomainBadge == 0)
                RestoreServing(state, this);
            else if (domains.TryGetValue(state.ServedDomainBadge, out ProtectionDomain? callers))
                RestoreServing(state, callers);
        }
    }

    /// <summary>Ends the calls that nobody here serves.</summary>
    internal void FailLostCalls()
    {
        using KernelScope scope = Kernel.Enter();
        foreach (KernelThread thread in _threads.All)
        {
            if (thread.IsCalling && thread.Server is null)
                thread.Restore(thread.Call, thread.Sequence, ThreadPhase.Answered, new CallResult(CallStatus.PeerRestored), 0);
        }
    }

    private void RestoreThread(KernelScope scope, ThreadIpcState state, IReadOnlyDictionary<ulong, KernelObject> objects)
    {
        string entry = $"thread {state.ThreadId}";
        KernelThread thread = _threads.AddRebuilt(state.Slot, state.Generation, state.ThreadId)
            ?? throw new DomainStateException(entry, $"its UTCB slot {state.Slot} or its id is taken or out of range");
        RestoreArrival(thread, state.Arrival, objects);
        var call = (PrivateCall)state.Call;
        switch (state.Phase)
        {
            case RecordedPhase.Idle:
                break;
            case RecordedPhase.CallingOutside or RecordedPhase.CallingInside:
                thread.Restore(call, state.Sequence, ThreadPhase.Calling, default, 0);
                break;
            case RecordedPhase.Answered:
                thread.Restore(call, state.Sequence, ThreadPhase.Answered, new CallResult(state.Answer), state.AnswerAttachment);
                break;
            case RecordedPhase.Waiting when (uint)state.Entrypoint < EntrypointCount:
                thread.Restore(call, state.Sequence, ThreadPhase.Waiting, default, 0);
                Rendezvous.Receive(scope, thread, _entrypoints[state.Entrypoint]);
                break;
            case RecordedPhase.WaitingForSignal
                when objects.GetValueOrDefault(state.SignalSourceBadge) is SignalSource source && ReferenceEquals(source.Owner, this):
                thread.Restore(call, state.Sequence, ThreadPhase.WaitingForSignal, default, 0);
                source.Wait(scope, thread);
                break;
            default:
                throw new DomainStateException(entry, $"cannot be brought back to {state.Phase}");
        }
    }

    private void RestoreServing(ThreadIpcState state, ProtectionDomain callers)
    {
        KernelThread server = _threads.At(state.Slot)!;
        if (callers._threads.At(state.ServedSlot) is not { IsCalling: true, Server: null } caller)
            throw new DomainStateException($"thread {state.ThreadId}", $"the thread in slot {state.ServedSlot} of {callers.Name} does not wait for it");
        // A right names the call: an image could say one that the caller has not made.
        if (!ReferenceEquals(callers, this) && caller.Sequence != state.ServedSequence)
            throw new DomainStateException($"thread {state.ThreadId}", $"the thread in slot {state.ServedSlot} of {callers.Name} waits for call {caller.Sequence}, not {state.ServedSequence}");
        caller.Server = server;
        server.Serving = new ReplyRight(caller, caller.Sequence);
    }

    /// <summary>Puts new badges where old ones stand in a UTCB. A badge that stands for nothing any more becomes none.</summary>
    private void RestoreArrival(KernelThread thread, ArrivalState arrival, IReadOnlyDictionary<ulong, KernelObject> objects)
    {
        if (arrival.Capabilities.Count > UtcbLayout.MaxCapabilities)
            throw new DomainStateException($"thread {thread.NamespaceThreadId}", $"{arrival.Capabilities.Count} capabilities in a UTCB");
        ulong gate = NewBadge(arrival.GateBadge, objects);
        thread.Arrival.Begin(gate);
        _utcbs.RewriteBadge(thread.Slot, arrival.GateBadge, gate);
        for (int i = 0; i < arrival.Capabilities.Count; i++)
        {
            (uint selector, ulong old) = arrival.Capabilities[i];
            ulong now = NewBadge(old, objects);
            thread.Arrival.Add(selector, now);
            _utcbs.RewriteCapability(thread.Slot, i, selector, old, now);
        }
    }

    private static ulong NewBadge(ulong old, IReadOnlyDictionary<ulong, KernelObject> objects) =>
        objects.GetValueOrDefault(old)?.Badge.Value ?? 0;
}
