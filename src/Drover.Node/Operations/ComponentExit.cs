namespace Drover.Node.Operations;

/// <summary>Why a component ended.</summary>
public enum ExitReason
{
    /// <summary>Its program ended, with <see cref="ComponentExit.Status"/>.</summary>
    Exited,

    /// <summary>A signal ended it: <see cref="ComponentExit.Signal"/>.</summary>
    Crashed,

    /// <summary>It was stopped on request.</summary>
    Stopped,

    /// <summary>It was checkpointed and not left running.</summary>
    Checkpointed,

    /// <summary>It was ended to be rolled back, and could not be built again.</summary>
    RolledBack,

    /// <summary>The node ended it for what it did: <see cref="ComponentExit.Fault"/>.</summary>
    Faulted,
}

/// <summary>How a component ended.</summary>
/// <param name="Reason">Says which of the others hold.</param>
/// <param name="Status">Exit status of the program, 0 if it did not get so far.</param>
/// <param name="Signal">Number of the signal that ended it, or 0.</param>
/// <param name="Fault">What the node saw go wrong, as text for a person; null if nothing did.</param>
public sealed record ComponentExit(ExitReason Reason, int Status = 0, int Signal = 0, string? Fault = null);
