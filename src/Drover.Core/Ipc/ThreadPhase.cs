namespace Drover.Core.Ipc;

/// <summary>Where a thread stands with its latest private call.</summary>
public enum ThreadPhase
{
    /// <summary>It has made no call that counts.</summary>
    Idle = 0,

    /// <summary>Its request stands in a queue or is being served.</summary>
    Calling = 1,

    /// <summary>It waits at an entrypoint.</summary>
    Waiting = 2,

    /// <summary>It waits at a signal source.</summary>
    WaitingForSignal = 3,

    /// <summary>The call has an answer, which is kept until the thread's next number.</summary>
    Answered = 4,
}
