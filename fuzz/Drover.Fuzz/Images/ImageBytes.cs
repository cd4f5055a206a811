using System.Buffers.Binary;
using System.Security.Cryptography;
using Drover.Images.Format;

namespace Drover.Fuzz.Images;

/// <summary>The files of an image, taken apart so that they can be put together again with lengths and hashes that fit. Each
/// instance has arrays of its own.</summary>
internal sealed class ImageBytes
{
    private const int PageBytes = 4096;

    private ImageBytes(byte[] manifest, byte[] pages, byte[] dataspaces)
    {
        Manifest = manifest;
        Pages = pages;
        Dataspaces = dataspaces;
    }

    public byte[] Manifest { get; set; }

    public byte[] Pages { get; set; }

    public byte[] Dataspaces { get; set; }

    public int PayloadBytes => (int)BinaryPrimitives.ReadUInt64LittleEndian(Manifest.AsSpan(ManifestHeader.PayloadBytesOffset));

    /// <summary>False if earlier damage left no room for what the header says.</summary>
    public bool HasPayload => Manifest.Length >= ManifestHeader.EncodedBytes + ManifestHeader.HashBytes
        && PayloadBytes >= 0 && PayloadBytes <= Manifest.Length - ManifestHeader.EncodedBytes - ManifestHeader.HashBytes;

    public ReadOnlySpan<byte> Payload => Manifest.AsSpan(ManifestHeader.EncodedBytes, PayloadBytes);

    /// <summary>The segments and checksums of both content files.</summary>
    public Span<byte> Indices => Manifest.AsSpan((ManifestHeader.EncodedBytes + PayloadBytes)..^ManifestHeader.HashBytes);

    public static ImageBytes Read(string directory) => new(
        File.ReadAllBytes(Path.Combine(directory, "manifest")),
        File.ReadAllBytes(Path.Combine(directory, "pages")),
        File.ReadAllBytes(Path.Combine(directory, "dataspaces")));

    public ImageBytes Copy() => new([.. Manifest], [.. Pages], [.. Dataspaces]);

    public void Write(string directory)
    {
        File.WriteAllBytes(Path.Combine(directory, "manifest"), Manifest);
        File.WriteAllBytes(Path.Combine(directory, "pages"), Pages);
        File.WriteAllBytes(Path.Combine(directory, "dataspaces"), Dataspaces);
    }

    public void ReplacePayload(byte[] payload)
    {
        byte[] indices = Indices.ToArray();
        byte[] manifest = [.. Manifest.AsSpan(0, ManifestHeader.EncodedBytes), .. payload, .. indices, .. new byte[ManifestHeader.HashBytes]];
        BinaryPrimitives.WriteUInt64LittleEndian(manifest.AsSpan(ManifestHeader.FileBytesOffset), (ulong)manifest.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(manifest.AsSpan(ManifestHeader.PayloadBytesOffset), (ulong)payload.Length);
        Manifest = manifest;
    }

    /// <summary>What an attacker who knows the format would do: the hash fits again.</summary>
    public void Seal()
    {
        if (Manifest.Length >= ManifestHeader.HashBytes)
            SHA256.HashData(Manifest.AsSpan(..^ManifestHeader.HashBytes), Manifest.AsSpan(Manifest.Length - ManifestHeader.HashBytes));
    }

    /// <summary>Changes a page and its checksum.</summary>
    public void ChangePage(bool ofDataspaces, int page, Action<Span<byte>> change)
    {
        byte[] content = ofDataspaces ? Dataspaces : Pages;
        Span<byte> bytes = content.AsSpan(page * PageBytes, PageBytes);
        change(bytes);
        int checksums = Count(ManifestHeader.PageSegmentsOffset) * Segment.EncodedBytes;
        if (ofDataspaces)
            checksums += (Count(ManifestHeader.StoredPagesOffset) * sizeof(uint)) + (Count(ManifestHeader.DataspaceSegmentsOffset) * Segment.EncodedBytes);
        int at = checksums + (page * sizeof(uint));
        // Earlier damage may have left no place for it.
        if (at >= 0 && at <= Indices.Length - sizeof(uint))
            BinaryPrimitives.WriteUInt32LittleEndian(Indices[at..], PageChecksum.Compute(bytes));
    }

    private int Count(int offset) => (int)BinaryPrimitives.ReadUInt64LittleEndian(Manifest.AsSpan(offset));
}
