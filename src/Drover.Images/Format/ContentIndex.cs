namespace Drover.Images.Format;

/// <summary>What is where in one content file.</summary>
/// <param name="Segments">Grouped by owner; ascending by address in each group.</param>
/// <param name="Checksums">CRC-32C of each page of the file, in the file's order.</param>
internal sealed record ContentIndex(Segment[] Segments, uint[] Checksums)
{
    public static ContentIndex Empty { get; } = new([], []);

    public long FileBytes => (long)Checksums.Length * ImageFormat.PageBytes;
}
