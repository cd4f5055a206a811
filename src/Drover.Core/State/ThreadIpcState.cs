namespace Drover.Core.State;

/// <summary>Where a thread stood with its latest private call, as far as a restore has to know it.</summary>
public enum RecordedPhase
{
    /// <summary>No call counts: none was made, or its request was not delivered to anybody. A thread that is in a call
    /// issues it again, and it is served as a new one.</summary>
    Idle = 0,

    /// <summary>A thread of another domain serves its call. After a restore the call goes on if that domain was restored
    /// with this one, else it fails as PeerRestored.</summary>
    CallingOutside = 1,

    /// <summary>Another thread of this domain serves its call, which goes on.</summary>
    CallingInside = 2,

    /// <summary>It waits at an entrypoint; its reply was sent.</summary>
    Waiting = 3,

    /// <summary>It waits at a signal source.</summary>
    WaitingForSignal = 4,

    /// <summary>The answer is kept and given when the call is issued again.</summary>
    Answered = 5,
}

/// <summary>What core keeps about one thread.</summary>
public sealed record ThreadIpcState
{
    /// <summary>Id inside the component's PID namespace, by which the rebuilt thread is recognised.</summary>
    public required int ThreadId { get; init; }

    /// <summary>Index of its UTCB.</summary>
    public required int Slot { get; init; }

    public required uint Generation { get; init; }

    public required RecordedPhase Phase { get; init; }

    /// <summary>Number of the private call in <see cref="Phase"/>; 0 if idle.</summary>
    public int Call { get; init; }

    public ulong Sequence { get; init; }

    /// <summary>The kept answer as a <see cref="Contracts.Abi.CallResult"/>.</summary>
    public ulong Answer { get; init; }

    /// <summary>The attachment whose descriptor was the answer, or 0.</summary>
    public uint AnswerAttachment { get; init; }

    /// <summary>The entrypoint at which it waits.</summary>
    public int Entrypoint { get; init; }

    /// <summary>Badge of the signal source at which it waits.</summary>
    public ulong SignalSourceBadge { get; init; }

    /// <summary>Badge of the gate of the call that is being served.</summary>
    public ulong TargetBadge { get; init; }

    /// <summary>True if it serves a request. One of a caller outside cannot be answered after a restore.</summary>
    public bool IsServing { get; init; }

    /// <summary>Slot of the caller that it serves; -1 if that is the node, or does not wait any more.</summary>
    public int ServedSlot { get; init; } = -1;

    /// <summary>Badge of the tables of the caller's domain; 0 if that is this domain.</summary>
    public ulong ServedDomainBadge { get; init; }

    /// <summary>The number of the caller's call.</summary>
    public ulong ServedSequence { get; init; }

    /// <summary>Badges that core wrote into its UTCB last.</summary>
    public required ArrivalState Arrival { get; init; }
}

/// <param name="GateBadge">The badge of the invoked gate, or 0.</param>
/// <param name="Capabilities">What arrived, in the order of the message.</param>
public sealed record ArrivalState(ulong GateBadge, IReadOnlyList<ArrivedCapability> Capabilities);

public readonly record struct ArrivedCapability(uint Selector, ulong Badge);
