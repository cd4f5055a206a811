namespace Drover.Images.State;

/// <summary>How the content files of an image are compressed.</summary>
public sealed record CompressionState
{
    /// <summary>Zstandard (RFC 8878), each chunk a frame of its own.</summary>
    public const string Zstandard = "zstd";

    public required string Method { get; init; }

    /// <summary>Bytes of each chunk of the file of private memory, in the file's order. One that is as long as its pages is stored as it is.</summary>
    public required IReadOnlyList<int> PagesChunkBytes { get; init; }

    /// <summary>Likewise of the file of dataspaces.</summary>
    public required IReadOnlyList<int> DataspacesChunkBytes { get; init; }
}
