namespace Drover.Platform.State;

public enum DescriptorKind
{
    /// <summary>/dev/null.</summary>
    Null,

    /// <summary>A read-only file named by <see cref="DescriptorState.File"/>.</summary>
    File,

    /// <summary>A file that core made up (an entry of /proc or /sys); its content is in the image.</summary>
    Synthetic,

    /// <summary>One end of a pipe of the component's own.</summary>
    Pipe,

    /// <summary>An eventfd(2); its counter is kept.</summary>
    EventCounter,

    /// <summary>An epoll instance (epoll(7)) and what it watches.</summary>
    Epoll,

    /// <summary>A directory opened for listing; its entries, as getdents64(2) gives them, are in the image.</summary>
    Directory,

    /// <summary>/dev/urandom.</summary>
    Random,

    /// <summary>A dataspace on its way to being mapped, named by <see cref="DescriptorState.DataspaceInode"/>.</summary>
    Dataspace,
}

/// <summary>One registration of an epoll instance.</summary>
public readonly record struct EpollWatch(int Descriptor, uint Events, ulong Data);

/// <summary>One open descriptor of a stopped process.</summary>
public sealed record DescriptorState
{
    public required int Number { get; init; }

    public required DescriptorKind Kind { get; init; }

    /// <summary>O_* status flags (F_GETFL).</summary>
    public required int StatusFlags { get; init; }

    public required bool CloseOnExec { get; init; }

    public long OffsetBytes { get; init; }

    /// <summary>Descriptors with the same id share one open file description (dup(2)).</summary>
    public required int DescriptionId { get; init; }

    public FileIdentity? File { get; init; }

    /// <summary>Both ends of one pipe have the same id.</summary>
    public ulong PipeId { get; init; }

    public bool IsWriteEnd { get; init; }

    public int PipeCapacityBytes { get; init; }

    /// <summary>Bytes in a pipe (on its read end) or the content of a synthetic file or directory.</summary>
    public byte[] Content { get; init; } = [];

    /// <summary>For <see cref="DescriptorKind.Synthetic"/> and <see cref="DescriptorKind.Directory"/>: the path under
    /// which it was opened.</summary>
    public string SyntheticPath { get; init; } = "";

    /// <summary>For <see cref="DescriptorKind.Dataspace"/>: inode of the memfd on the node that read it.</summary>
    public ulong DataspaceInode { get; init; }

    public ulong EventCount { get; init; }

    public IReadOnlyList<EpollWatch> Watches { get; init; } = [];
}
