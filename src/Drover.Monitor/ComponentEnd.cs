using Drover.Platform;

namespace Drover.Monitor;

/// <summary>Why a component ended.</summary>
public enum EndReason
{
    /// <summary>Its program ended.</summary>
    Exited,

    /// <summary>A signal ended it.</summary>
    Crashed,

    /// <summary>It was stopped on request.</summary>
    Stopped,

    /// <summary>It was checkpointed and not left running.</summary>
    Checkpointed,

    /// <summary>It was rolled back: what was built of a snapshot took its place.</summary>
    RolledBack,

    /// <summary>The node ended it, since a part of its memory could not be had from its image any more.</summary>
    Faulted,
}

/// <summary>How a component ended.</summary>
public readonly record struct ComponentEnd(EndReason Reason, ProcessExit Exit);
