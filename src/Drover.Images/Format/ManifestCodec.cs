using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;

namespace Drover.Images.Format;

/// <summary>The bytes of a manifest file: header, payload, the index of each content file, hash.</summary>
internal static class ManifestCodec
{
    public static byte[] Encode(string path, ImageManifest manifest, ContentIndex pages, ContentIndex dataspaces)
    {
        byte[] payload = JsonSerializer.SerializeToUtf8Bytes(manifest, ManifestJson.Manifest);
        if (payload.Length > ImageLimits.PayloadBytes)
            throw new ImageFormatException(path, 0, "payload length", $"at most {ImageLimits.PayloadBytes}", $"{payload.Length}");
        var header = new ManifestHeader((ulong)payload.Length,
            (ulong)pages.Segments.Length, (ulong)pages.Checksums.Length,
            (ulong)dataspaces.Segments.Length, (ulong)dataspaces.Checksums.Length);
        byte[] file = GC.AllocateUninitializedArray<byte>((int)header.FileBytes);
        header.Write(file);
        int at = ManifestHeader.EncodedBytes;
        payload.CopyTo(file, at);
        at += payload.Length;
        at += WriteIndex(file.AsSpan(at), pages);
        at += WriteIndex(file.AsSpan(at), dataspaces);
        SHA256.HashData(file.AsSpan(0, at), file.AsSpan(at));
        return file;
    }

    public static DecodedManifest Decode(string path, ReadOnlySpan<byte> file)
    {
        ManifestHeader header = ManifestHeader.Read(path, file);
        CheckHash(path, file);
        int at = ManifestHeader.EncodedBytes;
        ReadOnlySpan<byte> payload = file.Slice(at, (int)header.PayloadBytes);
        ImageManifest manifest = DecodePayload(path, payload);
        at += payload.Length;
        ContentIndex pages = ReadIndex(path, file, ref at, (int)header.PageSegments, (int)header.StoredPages);
        int dataspacesAt = at;
        ContentIndex dataspaces = ReadIndex(path, file, ref at, (int)header.DataspaceSegments, (int)header.StoredDataspacePages);
        return new DecodedManifest(manifest, pages, ManifestHeader.EncodedBytes + payload.Length, dataspaces, dataspacesAt);
    }

    /// <summary>The hash at the end of a manifest, in hexadecimal digits.</summary>
    public static string HashOf(ReadOnlySpan<byte> file) => Convert.ToHexStringLower(file[^ManifestHeader.HashBytes..]);

    private static void CheckHash(string path, ReadOnlySpan<byte> file)
    {
        int hashed = file.Length - ManifestHeader.HashBytes;
        Span<byte> actual = stackalloc byte[ManifestHeader.HashBytes];
        SHA256.HashData(file[..hashed], actual);
        if (!actual.SequenceEqual(file[hashed..]))
        {
            throw new ImageFormatException(path, hashed, "SHA-256 of the manifest",
                Convert.ToHexStringLower(actual), Convert.ToHexStringLower(file[hashed..]));
        }
    }

    private static ImageManifest DecodePayload(string path, ReadOnlySpan<byte> payload)
    {
        try
        {
            return JsonSerializer.Deserialize(payload, ManifestJson.Manifest)
                ?? throw new JsonException("the payload is null");
        }
        catch (JsonException exception)
        {
            long offset = ManifestHeader.EncodedBytes + (exception.BytePositionInLine ?? 0);
            throw new ImageFormatException(path, offset, $"payload at {exception.Path ?? "$"}", "the JSON of an image manifest", exception.Message, exception);
        }
    }

    private static int WriteIndex(Span<byte> destination, ContentIndex index)
    {
        int at = 0;
        foreach (Segment segment in index.Segments)
        {
            Span<byte> encoded = destination.Slice(at, Segment.EncodedBytes);
            BinaryPrimitives.WriteUInt32LittleEndian(encoded, segment.Owner);
            BinaryPrimitives.WriteUInt32LittleEndian(encoded[4..], (uint)segment.Kind);
            BinaryPrimitives.WriteUInt64LittleEndian(encoded[8..], segment.Address);
            BinaryPrimitives.WriteUInt64LittleEndian(encoded[16..], segment.PageCount);
            BinaryPrimitives.WriteUInt64LittleEndian(encoded[24..], segment.FileOffsetBytes);
            at += Segment.EncodedBytes;
        }

        // x86-64 is little endian, and the architecture is checked before anything else.
        ReadOnlySpan<byte> checksums = MemoryMarshal.AsBytes(index.Checksums.AsSpan());
        checksums.CopyTo(destination[at..]);
        return at + checksums.Length;
    }

    private static ContentIndex ReadIndex(string path, ReadOnlySpan<byte> file, ref int at, int segmentCount, int checksumCount)
    {
        var segments = new Segment[segmentCount];
        for (int i = 0; i < segments.Length; i++)
        {
            ReadOnlySpan<byte> encoded = file.Slice(at, Segment.EncodedBytes);
            var kind = (SegmentKind)BinaryPrimitives.ReadUInt32LittleEndian(encoded[4..]);
            if (kind is not (SegmentKind.Stored or SegmentKind.Zero or SegmentKind.Inherited))
                throw new ImageFormatException(path, at + 4, $"kind of segment {i}", "0 (stored), 1 (zeros) or 2 (inherited)", $"{(uint)kind}");
            segments[i] = new Segment(
                BinaryPrimitives.ReadUInt32LittleEndian(encoded),
                kind,
                BinaryPrimitives.ReadUInt64LittleEndian(encoded[8..]),
                BinaryPrimitives.ReadUInt64LittleEndian(encoded[16..]),
                BinaryPrimitives.ReadUInt64LittleEndian(encoded[24..]));
            at += Segment.EncodedBytes;
        }

        uint[] checksums = MemoryMarshal.Cast<byte, uint>(file.Slice(at, checksumCount * sizeof(uint))).ToArray();
        at += checksumCount * sizeof(uint);
        return new ContentIndex(segments, checksums);
    }
}

/// <summary>A manifest file taken apart. The offsets say where in the file each index begins, for messages.</summary>
internal sealed record DecodedManifest(ImageManifest Manifest, ContentIndex Pages, int PagesOffset, ContentIndex Dataspaces, int DataspacesOffset);
