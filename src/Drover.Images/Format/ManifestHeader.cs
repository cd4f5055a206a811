using System.Buffers.Binary;

namespace Drover.Images.Format;

/// <summary>The first 72 bytes of a manifest file. All numbers are little endian.</summary>
internal readonly record struct ManifestHeader(
    ulong PayloadBytes,
    ulong PageSegments,
    ulong StoredPages,
    ulong DataspaceSegments,
    ulong StoredDataspacePages)
{
    public const int EncodedBytes = 72;

    /// <summary>SHA-256 of everything before it ends the file.</summary>
    public const int HashBytes = 32;

    public const int VersionOffset = 8;
    public const int ArchitectureOffset = 12;
    public const int PageBytesOffset = 16;
    public const int ReservedOffset = 20;
    public const int FileBytesOffset = 24;
    public const int PayloadBytesOffset = 32;
    public const int PageSegmentsOffset = 40;
    public const int StoredPagesOffset = 48;
    public const int DataspaceSegmentsOffset = 56;
    public const int StoredDataspacePagesOffset = 64;

    /// <summary>Length of the whole file. The counts must have been bounded.</summary>
    public long FileBytes => checked((long)(EncodedBytes + PayloadBytes
        + ((PageSegments + DataspaceSegments) * Segment.EncodedBytes)
        + ((StoredPages + StoredDataspacePages) * sizeof(uint))
        + HashBytes));

    public void Write(Span<byte> file)
    {
        ImageFormat.Magic.CopyTo(file);
        BinaryPrimitives.WriteUInt32LittleEndian(file[VersionOffset..], ImageFormat.Version);
        BinaryPrimitives.WriteUInt32LittleEndian(file[ArchitectureOffset..], ImageFormat.Architecture);
        BinaryPrimitives.WriteUInt32LittleEndian(file[PageBytesOffset..], ImageFormat.PageBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(file[ReservedOffset..], 0);
        BinaryPrimitives.WriteUInt64LittleEndian(file[FileBytesOffset..], (ulong)FileBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(file[PayloadBytesOffset..], PayloadBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(file[PageSegmentsOffset..], PageSegments);
        BinaryPrimitives.WriteUInt64LittleEndian(file[StoredPagesOffset..], StoredPages);
        BinaryPrimitives.WriteUInt64LittleEndian(file[DataspaceSegmentsOffset..], DataspaceSegments);
        BinaryPrimitives.WriteUInt64LittleEndian(file[StoredDataspacePagesOffset..], StoredDataspacePages);
    }

    /// <summary>Reads and checks the header against the bytes that are there.</summary>
    public static ManifestHeader Read(string path, ReadOnlySpan<byte> file) => Read(path, file, file.Length);

    /// <summary>The same with no more at hand than the file's beginning, so that memory is taken for a manifest only.</summary>
    public static ManifestHeader Read(string path, ReadOnlySpan<byte> file, long fileBytes)
    {
        if (fileBytes < EncodedBytes + HashBytes)
            throw new ImageFormatException(path, fileBytes, "manifest", $"at least {EncodedBytes + HashBytes} bytes", $"{fileBytes}");
        if (!file.StartsWith(ImageFormat.Magic))
        {
            throw new ImageFormatException(path, 0, "magic number",
                Convert.ToHexStringLower(ImageFormat.Magic), Convert.ToHexStringLower(file[..ImageFormat.Magic.Length]));
        }

        Expect(path, file, VersionOffset, "format version", ImageFormat.Version);
        Expect(path, file, ArchitectureOffset, "architecture", ImageFormat.Architecture);
        Expect(path, file, PageBytesOffset, "page size", ImageFormat.PageBytes);
        Expect(path, file, ReservedOffset, "reserved field", 0);
        var header = new ManifestHeader(
            Bounded(path, file, PayloadBytesOffset, "payload length", ImageLimits.PayloadBytes),
            Bounded(path, file, PageSegmentsOffset, "number of page segments", ImageLimits.Segments),
            Bounded(path, file, StoredPagesOffset, "number of stored pages", ImageLimits.StoredPages),
            Bounded(path, file, DataspaceSegmentsOffset, "number of dataspace segments", ImageLimits.Segments),
            Bounded(path, file, StoredDataspacePagesOffset, "number of stored dataspace pages", ImageLimits.StoredPages));
        ulong declared = BinaryPrimitives.ReadUInt64LittleEndian(file[FileBytesOffset..]);
        if (declared != (ulong)header.FileBytes)
            throw new ImageFormatException(path, FileBytesOffset, "length of the manifest", $"{header.FileBytes}, the sum of its parts", $"{declared}");
        if (declared != (ulong)fileBytes)
            throw new ImageFormatException(path, fileBytes, "manifest", $"{declared} bytes", $"{fileBytes}");
        return header;
    }

    private static void Expect(string path, ReadOnlySpan<byte> file, int offset, string subject, uint expected)
    {
        uint found = BinaryPrimitives.ReadUInt32LittleEndian(file[offset..]);
        if (found != expected)
            throw new ImageFormatException(path, offset, subject, $"{expected}", $"{found}");
    }

    private static ulong Bounded(string path, ReadOnlySpan<byte> file, int offset, string subject, int most)
    {
        ulong found = BinaryPrimitives.ReadUInt64LittleEndian(file[offset..]);
        return found <= (ulong)most ? found : throw new ImageFormatException(path, offset, subject, $"at most {most}", $"{found}");
    }
}
