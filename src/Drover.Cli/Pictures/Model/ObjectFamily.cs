namespace Drover.Cli.Pictures.Model;

/// <summary>Kinds of object that are drawn alike.</summary>
internal enum ObjectFamily
{
    /// <summary>The component's own RPC objects.</summary>
    Gate,

    /// <summary>The parent, and sessions that core serves.</summary>
    CoreSession,

    /// <summary>Sessions that other components serve.</summary>
    ForeignSession,

    Memory,
    Signal,

    /// <summary>Threads, and whatever fits nowhere else.</summary>
    Other,

    /// <summary>What is gone: the slot is taken, and leads to nothing.</summary>
    Void,
}
