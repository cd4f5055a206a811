using Drover.Platform.State;

namespace Drover.Images.State;

/// <summary>A part of a dataspace in the component's address space or in a managed dataspace.</summary>
public sealed record AttachmentState
{
    /// <summary>The number under which the component asks for it to be mapped; unique in the image.</summary>
    public required uint Number { get; init; }

    /// <summary>The dataspace, or the region map used as one.</summary>
    public required ObjectId Dataspace { get; init; }

    /// <summary>The managed dataspace that it is attached to, or null for the component's address space.</summary>
    public ObjectId? RegionMap { get; init; }

    /// <summary>Where, in bytes, page aligned.</summary>
    public required ulong Address { get; init; }

    /// <summary>From where in the dataspace, in bytes, page aligned.</summary>
    public required ulong OffsetBytes { get; init; }

    /// <summary>Page aligned, not 0.</summary>
    public required ulong LengthBytes { get; init; }

    public required PageProtection Rights { get; init; }
}
