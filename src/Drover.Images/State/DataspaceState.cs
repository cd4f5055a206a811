using Drover.Platform.State;

namespace Drover.Images.State;

/// <summary>A container of memory. Its content, unless it is a ROM module, is in the image's file "dataspaces".</summary>
public sealed record DataspaceState
{
    public required ulong LengthBytes { get; init; }

    /// <summary>Inode of the memfd on the node that wrote the image, by which mappings name it; 0 if nothing was mapped,
    /// otherwise unique in the image.</summary>
    public ulong Inode { get; init; }

    public bool ReadOnly { get; init; }

    /// <summary>The component that owns it if that is another member of the group which was checkpointed; the content is in
    /// that one's image. Null if it is the component's own, or the node's.</summary>
    public string? SharedFrom { get; init; }

    /// <summary>The ROM module that it holds, or null. A ROM module has no content in the image.</summary>
    public string? RomName { get; init; }

    /// <summary>The ROM module's file.</summary>
    public FileIdentity? RomFile { get; init; }

    /// <summary>The session to the ROM module that gave the dataspace and ends it when it is closed, no other dataspace's; null if
    /// that is not known: then it stays as long as the component.</summary>
    public ObjectId? RomSession { get; init; }
}
