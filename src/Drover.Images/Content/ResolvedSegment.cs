namespace Drover.Images.Content;

/// <summary>A run of pages whose content is known: nothing is inherited any more.</summary>
/// <param name="Address">Address in the process, or offset in the dataspace, in bytes.</param>
/// <param name="File">The content file of the image of the chain that has it; null for zeros.</param>
/// <param name="FileOffsetBytes">Where its first page is in that file.</param>
internal readonly record struct ResolvedSegment(ulong Address, ulong LengthBytes, ContentFile? File, ulong FileOffsetBytes)
{
    public ulong End => Address + LengthBytes;

    /// <summary>The part of it between two addresses inside it.</summary>
    public ResolvedSegment Part(ulong from, ulong to) => new(from, to - from, File, File is null ? 0 : FileOffsetBytes + (from - Address));
}
