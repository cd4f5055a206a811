namespace Drover.Contracts.Abi;

/// <summary>How a private call ended.</summary>
public enum CallStatus : byte
{
    Ok = 0,

    /// <summary>The caller holds nothing under that selector.</summary>
    NoSuchSelector = 1,

    /// <summary>The capability is not of a kind that this call takes.</summary>
    WrongKind = 2,

    /// <summary>More data or more capabilities than a UTCB holds.</summary>
    MessageTooLong = 3,

    /// <summary>The object has no method of that number.</summary>
    NoSuchMethod = 4,

    /// <summary>The message does not hold what the method takes or gives.</summary>
    MalformedMessage = 5,

    /// <summary>The object is gone: dissolved, closed, or its domain ended.</summary>
    PeerGone = 6,

    /// <summary>One side was restored from an image while the call was in flight; whether it was served is unknown.</summary>
    PeerRestored = 7,

    /// <summary>The receiver's capability space or quota has no room for what the message carries.</summary>
    OutOfCapabilities = 8,

    /// <summary>The memory quota does not suffice.</summary>
    OutOfMemory = 9,

    /// <summary>The server failed while serving; its log says why.</summary>
    ServerFault = 10,

    /// <summary>The thread is not known to core, or no UTCB is free.</summary>
    NotAttached = 11,

    /// <summary>Base library and core speak different versions of the ABI.</summary>
    VersionMismatch = 12,

    /// <summary>An argument is out of range.</summary>
    InvalidArgument = 13,

    /// <summary>The caller may not do this.</summary>
    Denied = 14,
}
