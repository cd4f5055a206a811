namespace Drover.Images.Format;

/// <summary>Where the content of a segment comes from. The values are stored.</summary>
internal enum SegmentKind : uint
{
    /// <summary>Pages of the content file.</summary>
    Stored = 0,

    /// <summary>Zeros; nothing is stored.</summary>
    Zero = 1,

    /// <summary>As in the parent image; nothing is stored.</summary>
    Inherited = 2,
}

/// <summary>A run of pages of one owner: private memory (owner 0) or a dataspace (its object id).</summary>
/// <param name="Address">Address in the process, or offset in the dataspace, in bytes.</param>
/// <param name="FileOffsetBytes">Where its first page is in the content file; 0 if nothing is stored.</param>
internal readonly record struct Segment(uint Owner, SegmentKind Kind, ulong Address, ulong PageCount, ulong FileOffsetBytes)
{
    public const int EncodedBytes = 32;

    public ulong LengthBytes => PageCount * ImageFormat.PageBytes;

    public ulong End => Address + LengthBytes;
}
