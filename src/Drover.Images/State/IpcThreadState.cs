namespace Drover.Images.State;

/// <summary>Where a thread stands in its private calls. Stored by name: never rename one, add at will.</summary>
public enum IpcPhase
{
    /// <summary>In no private call.</summary>
    Idle,

    /// <summary>Waits for the reply to its call.</summary>
    Calling,

    /// <summary>Waits for a request or a signal.</summary>
    Waiting,

    /// <summary>Has taken a request and not replied.</summary>
    Serving,

    /// <summary>Its last call has an answer that may not have arrived.</summary>
    Answered,
}

/// <summary>The answer kept until the thread's next sequence number.</summary>
public readonly record struct KeptAnswer(byte Status, uint Info);

/// <summary>The one-shot right to reply to a call.</summary>
public readonly record struct ReplyRight(ulong Incarnation, ulong Thread, ulong Sequence);

/// <summary>What core knows of a thread that has made a private call.</summary>
public sealed record IpcThreadState
{
    /// <summary>Thread id inside the component's PID namespace; unique, and that of a thread of the process.</summary>
    public required int ThreadId { get; init; }

    /// <summary>Its slot in the UTCB area; unique.</summary>
    public required int UtcbSlot { get; init; }

    /// <summary>Tells apart the threads that had this slot one after another.</summary>
    public required ulong Generation { get; init; }

    /// <summary>The sequence number of its last private call.</summary>
    public required ulong Sequence { get; init; }

    public required IpcPhase Phase { get; init; }

    public KeptAnswer? Answer { get; init; }

    /// <summary>The object that it calls while <see cref="IpcPhase.Calling"/>, or the signal source it waits at.</summary>
    public ObjectId? Target { get; init; }

    /// <summary>The entrypoint at which it waits or serves, or null.</summary>
    public uint? Entrypoint { get; init; }

    /// <summary>Whom it owes a reply while <see cref="IpcPhase.Serving"/>.</summary>
    public ReplyRight? Owes { get; init; }
}
