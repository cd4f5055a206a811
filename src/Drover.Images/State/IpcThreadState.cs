namespace Drover.Images.State;

/// <summary>Where a thread stands in its private calls. Stored by name: never rename one, add at will.</summary>
public enum IpcPhase
{
    /// <summary>In no private call that counts; one that was under way is issued again and served as new.</summary>
    Idle,

    /// <summary>A thread outside the image serves its call.</summary>
    CallingOutside,

    /// <summary>Another thread of the component serves its call.</summary>
    CallingInside,

    /// <summary>Waits for a request; its reply was sent.</summary>
    Waiting,

    /// <summary>Waits for a signal.</summary>
    WaitingForSignal,

    /// <summary>Its last call has an answer that may not have arrived.</summary>
    Answered,
}

/// <summary>A capability that core put into a UTCB. Badges are those of the node that wrote the image.</summary>
public readonly record struct ArrivedCapability(uint Selector, ulong Badge);

/// <summary>What core knows of a thread that has made a private call.</summary>
public sealed record IpcThreadState
{
    /// <summary>Thread id inside the component's PID namespace; unique, and that of a thread of the process.</summary>
    public required int ThreadId { get; init; }

    /// <summary>Its slot in the UTCB area; unique.</summary>
    public required int UtcbSlot { get; init; }

    /// <summary>Tells apart the threads that had this slot one after another.</summary>
    public required uint Generation { get; init; }

    public required IpcPhase Phase { get; init; }

    /// <summary>Number of the private call of <see cref="Phase"/>, 0 if idle.</summary>
    public required int Call { get; init; }

    /// <summary>The sequence number of that call.</summary>
    public required ulong Sequence { get; init; }

    /// <summary>The kept answer of <see cref="IpcPhase.Answered"/>, as the call's 64-bit result.</summary>
    public ulong? Answer { get; init; }

    /// <summary>The attachment whose descriptor was the answer, or null.</summary>
    public uint? AnswerAttachment { get; init; }

    /// <summary>The signal source of <see cref="IpcPhase.WaitingForSignal"/>.</summary>
    public ObjectId? SignalSource { get; init; }

    /// <summary>The entrypoint of <see cref="IpcPhase.Waiting"/>.</summary>
    public uint? Entrypoint { get; init; }

    /// <summary>True if it has taken a request and not replied.</summary>
    public required bool IsServing { get; init; }

    /// <summary>UTCB slot of the caller that it serves; null if that is the node, or does not wait any more.</summary>
    public int? ServedSlot { get; init; }

    /// <summary>Badge of the tables of the component whose thread that caller is; null if it is this one.</summary>
    public ulong? ServedDomainBadge { get; init; }

    /// <summary>Sequence number of the caller's call; null if it is a thread of this component.</summary>
    public ulong? ServedSequence { get; init; }

    /// <summary>Badge of the gate of the request that core put into its UTCB last, or 0.</summary>
    public required ulong ArrivedGateBadge { get; init; }

    /// <summary>The capabilities that core put into its UTCB last, in the order of the message.</summary>
    public required IReadOnlyList<ArrivedCapability> ArrivedCapabilities { get; init; }
}
