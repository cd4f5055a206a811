namespace Drover.Platform.State;

/// <summary>What backs a mapping.</summary>
public enum MappingBacking
{
    /// <summary>Private anonymous memory: zero where never written.</summary>
    Anonymous,

    /// <summary>A read-only file mapped MAP_PRIVATE: file content where never written.</summary>
    PrivateFile,

    /// <summary>A read-only file mapped MAP_SHARED.</summary>
    SharedFile,

    /// <summary>A dataspace: a memfd owned by core, mapped MAP_SHARED.</summary>
    Dataspace,
}

/// <summary>One mapping of an address space, as listed by /proc/pid/maps and smaps (proc(5)).</summary>
public sealed record MappingState
{
    /// <summary>First address, page aligned.</summary>
    public required ulong Start { get; init; }

    /// <summary>First address behind the mapping, page aligned.</summary>
    public required ulong End { get; init; }

    public required PageProtection Protection { get; init; }

    public required MappingBacking Backing { get; init; }

    /// <summary>Byte offset of <see cref="Start"/> in the file or dataspace; 0 for anonymous memory.</summary>
    public ulong OffsetBytes { get; init; }

    /// <summary>The file behind a file mapping, else null.</summary>
    public FileIdentity? File { get; init; }

    /// <summary>Inode of the memfd behind a dataspace mapping on the node that read it, else 0.</summary>
    public ulong DataspaceInode { get; init; }

    /// <summary>True if the mapping grows towards lower addresses (MAP_GROWSDOWN; the main stack).</summary>
    public bool GrowsDown { get; init; }

    /// <summary>True if the mapping was made with MAP_NORESERVE.</summary>
    public bool NoReserve { get; init; }

    /// <summary>True if MADV_DONTDUMP is in force.</summary>
    public bool DontDump { get; init; }

    /// <summary>-1 MADV_NOHUGEPAGE, 0 default, 1 MADV_HUGEPAGE.</summary>
    public int HugePageAdvice { get; init; }

    /// <summary>The name shown in maps, such as "[stack]" or "[heap]"; empty for most.</summary>
    public string Name { get; init; } = "";

    public ulong LengthBytes => End - Start;
}
