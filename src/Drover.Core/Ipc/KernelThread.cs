using Drover.Contracts.Abi;
using Drover.Core.Memory;

namespace Drover.Core.Ipc;

/// <summary>
/// One thread of a component as core knows it: its UTCB slot, and where it stands with its calls. One object is one
/// incarnation: a new thread in the same slot, and the thread rebuilt from an image, are other objects. Guarded by the
/// kernel's lock, but for <see cref="Caller.Message"/> while a service inside the node has it.
/// </summary>
internal sealed class KernelThread : Caller, IThreadPoolWorkItem
{
    public KernelThread(ProtectionDomain domain, int slot, uint generation, int namespaceThreadId)
    {
        Domain = domain;
        Slot = slot;
        Generation = generation;
        NamespaceThreadId = namespaceThreadId;
    }

    public ProtectionDomain Domain { get; }

    /// <summary>Index of its UTCB.</summary>
    public int Slot { get; }

    /// <summary>How many threads had the slot before.</summary>
    public uint Generation { get; }

    /// <summary>0 if it is not known.</summary>
    public int NamespaceThreadId { get; }

    /// <summary>0 until a rebuilt thread has made its first call.</summary>
    public int HostThreadId { get; set; }

    public bool HasEnded { get; set; }

    public ThreadPhase Phase { get; private set; }

    /// <summary>Number of the private call in <see cref="Phase"/>.</summary>
    public PrivateCall Call { get; private set; }

    public CallResult Kept { get; private set; }

    /// <summary>The attachment whose descriptor was the answer; then <see cref="Kept"/> means nothing.</summary>
    public uint KeptAttachment { get; private set; }

    /// <summary>The request it serves, if it serves one.</summary>
    public ReplyRight? Serving { get; set; }

    /// <summary>The entrypoint or the signal source at which it waits.</summary>
    public object? WaitsAt { get; set; }

    /// <summary>A reply came while the domain was stopped and is handed over when it goes on.</summary>
    public CallStatus? HeldBack { get; private set; }

    /// <summary>The service that works for it now; stays set when the thread gave the call up.</summary>
    public IServedObject? Service { get; set; }

    /// <summary>What it waits for in a call that waits for mappings.</summary>
    public MappingWait? MappingWait { get; set; }

    public Arrival Arrival { get; } = new();

    public override bool IsCalling => Phase == ThreadPhase.Calling && Service is null && !HasEnded;

    private ulong LiveCall { get; set; }

    private bool HasLiveCall { get; set; }

    /// <summary>True if the call is the one it made before, issued again.</summary>
    public bool IsReissue(ulong sequence) => Phase != ThreadPhase.Idle && Sequence == sequence;

    /// <summary>Notes under which id the call waits now; the id before is dead.</summary>
    public void Waits(ulong callId)
    {
        LiveCall = callId;
        HasLiveCall = true;
    }

    public void Begin(PrivateCall call, ulong sequence, ThreadPhase phase)
    {
        Call = call;
        Sequence = sequence;
        Phase = phase;
        KeptAttachment = 0;
    }

    /// <summary>Keeps the answer and sends it.</summary>
    public void Answer(KernelScope scope, CallResult result)
    {
        Kept = result;
        Settle();
        SendKept(scope);
    }

    /// <summary>Keeps "the descriptor of that attachment" as the answer and sends it.</summary>
    public void AnswerWithDescriptor(KernelScope scope, uint attachment)
    {
        KeptAttachment = attachment;
        Settle();
        SendKept(scope);
    }

    /// <summary>Sends the kept answer to the call that waits now. It is not known whether it arrives, so it stays kept.</summary>
    public void SendKept(KernelScope scope)
    {
        if (!HasLiveCall)
            return;
        HasLiveCall = false;
        if (KeptAttachment != 0)
            Domain.SendDescriptor(scope, LiveCall, KeptAttachment);
        else
            scope.Answer(Domain.Port!, LiveCall, Kept);
    }

    public override void Complete(KernelScope scope, CallStatus status)
    {
        Target = null;
        Server = null;
        if (Domain.IsStopped)
        {
            HeldBack = status;
            return;
        }

        Finish(scope, status);
    }

    /// <summary>Ends a call to a service inside the node; these complete before a stopped domain is described.</summary>
    public void CompleteService(KernelScope scope, CallStatus status)
    {
        Service = null;
        Finish(scope, status);
    }

    public void HandOverHeldBack(KernelScope scope)
    {
        if (HeldBack is not { } status)
            return;
        HeldBack = null;
        Finish(scope, status);
    }

    /// <summary>Takes a request that nobody took yet out of its queue. It counts as not made while the domain stands
    /// still: whoever restores the domain from that moment makes it anew, so nobody may serve it meanwhile.</summary>
    public void WithholdRequest()
    {
        if (Queue is WaitQueue<Caller> requests)
            requests.Remove(this);
    }

    /// <summary>Sends what was withheld, at the end of the queue.</summary>
    public void SendWithheldRequest(KernelScope scope)
    {
        if (Phase == ThreadPhase.Calling && Server is null && Queue is null && Target is { } target)
            Rendezvous.Send(scope, this, target);
    }

    /// <summary>Forgets the call in flight: it was given up, or its thread ends.</summary>
    public void GiveUp()
    {
        switch (Queue)
        {
            case WaitQueue<Caller> requests:
                requests.Remove(this);
                break;
            case WaitQueue<KernelThread> threads:
                threads.Remove(this);
                break;
        }

        Target = null;
        Server = null;
        WaitsAt = null;
        MappingWait = null;
        HeldBack = null;
        HasLiveCall = false;
        Phase = ThreadPhase.Idle;
    }

    /// <summary>Takes over a recorded state; the thread issues its call again.</summary>
    public void Restore(PrivateCall call, ulong sequence, ThreadPhase phase, CallResult kept, uint keptAttachment)
    {
        Begin(call, sequence, phase);
        Kept = kept;
        KeptAttachment = keptAttachment;
    }

    /// <summary>Serves the call on a thread of the pool.</summary>
    void IThreadPoolWorkItem.Execute() => Domain.ServeDeferred(this);

    private void Finish(KernelScope scope, CallStatus status)
    {
        uint info = 0;
        if (status == CallStatus.Ok)
        {
            info = Message.Info.Value;
            status = Domain.Receive(this, Message, 0, 0);
        }

        Answer(scope, new CallResult(status, status == CallStatus.Ok ? info : 0));
    }

    private void Settle()
    {
        Phase = ThreadPhase.Answered;
        WaitsAt = null;
        Message.Reset();
    }
}
