namespace Drover.Rpc.Generator.Model;

/// <summary>How a value travels in a message.</summary>
internal enum WireKind
{
    /// <summary>void and Unit: nothing is sent.</summary>
    Nothing,

    /// <summary>An unmanaged value, as it lies in memory.</summary>
    Value,

    /// <summary>A byte; the receiver takes only 0 and 1, because other bytes make a bool that is neither.</summary>
    Boolean,

    Text,

    /// <summary>byte[]</summary>
    Bytes,

    /// <summary>ReadOnlySpan&lt;byte&gt;, only as a parameter.</summary>
    ByteSpan,

    Capability,

    /// <summary>A capability or null.</summary>
    OptionalCapability,

    /// <summary>A byte, then value or error; only as a result.</summary>
    Attempt,
}
