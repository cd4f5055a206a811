namespace Drover.Node.Operations;

/// <summary>Why a node did not do what it was asked.</summary>
public enum NodeErrorCode
{
    /// <summary>The node failed; the fault is Drover's or the machine's.</summary>
    Internal,

    /// <summary>The request itself makes no sense.</summary>
    InvalidRequest,

    /// <summary>No component of that name is known.</summary>
    NoSuchComponent,

    /// <summary>The component is known but has ended.</summary>
    ComponentEnded,

    /// <summary>A running component has that name.</summary>
    NameTaken,

    /// <summary>There is no such program, or it is not one that can run as a component.</summary>
    NotAProgram,

    /// <summary>There is no image at that path.</summary>
    NoSuchImage,

    /// <summary>The image is damaged, or was made by another version or for another machine.</summary>
    BadImage,

    /// <summary>The directory for a new image exists already or cannot be written.</summary>
    ImageDirectory,

    /// <summary>Something the component needs is not on this node: a ROM module, a service, a CPU feature, quota.</summary>
    MissingResource,

    /// <summary>No snapshot of that name is kept, or none of that component.</summary>
    NoSuchSnapshot,

    /// <summary>As many snapshots are kept as the node keeps.</summary>
    TooManySnapshots,

    /// <summary>The component holds something that cannot be checkpointed.</summary>
    NotCheckpointable,

    /// <summary>The kernel or a permission is in the way.</summary>
    NotPermitted,

    /// <summary>No node answers at the socket.</summary>
    NodeNotRunning,

    /// <summary>Another node has the socket.</summary>
    SocketInUse,
}

/// <summary>A node did not do what it was asked; the message says what, where, and <see cref="Advice"/> what to do.</summary>
public sealed class NodeOperationException : Exception
{
    public NodeOperationException(NodeErrorCode code, string message, string? advice = null, Exception? inner = null)
        : base(message, inner)
    {
        Code = code;
        Advice = advice;
    }

    public NodeErrorCode Code { get; }

    /// <summary>What the person who asked can do about it; null if nothing is known to help.</summary>
    public string? Advice { get; }
}
