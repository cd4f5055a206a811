using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using Drover.Images.Format;

namespace Drover.Images.Group;

/// <summary>The bytes of a group's manifest: header, JSON, hash.</summary>
internal static class GroupCodec
{
    public const int HeaderBytes = 32;

    private const int VersionOffset = 8;
    private const int ReservedOffset = 12;
    public const int FileBytesOffset = 16;
    public const int PayloadBytesOffset = 24;
    private const int HashBytes = 32;

    public static byte[] Encode(string path, GroupManifest manifest)
    {
        Check(path, manifest);
        byte[] payload = JsonSerializer.SerializeToUtf8Bytes(manifest, ManifestJson.Group);
        if (payload.Length > GroupFormat.MaxPayloadBytes)
            throw new ImageFormatException(path, 0, "payload length", $"at most {GroupFormat.MaxPayloadBytes}", $"{payload.Length}");
        byte[] file = new byte[HeaderBytes + payload.Length + HashBytes];
        GroupFormat.Magic.CopyTo(file);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(VersionOffset), GroupFormat.Version);
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(FileBytesOffset), (ulong)file.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(PayloadBytesOffset), (ulong)payload.Length);
        payload.CopyTo(file, HeaderBytes);
        SHA256.HashData(file.AsSpan(0, HeaderBytes + payload.Length), file.AsSpan(HeaderBytes + payload.Length));
        return file;
    }

    /// <summary>Takes a manifest apart and checks that it holds together.</summary>
    /// <exception cref="ImageFormatException">It does not.</exception>
    public static GroupManifest Decode(string path, ReadOnlySpan<byte> file)
    {
        if (file.Length < HeaderBytes + HashBytes)
            throw new ImageFormatException(path, file.Length, "group manifest", $"at least {HeaderBytes + HashBytes} bytes", $"{file.Length}");
        if (!file.StartsWith(GroupFormat.Magic))
        {
            throw new ImageFormatException(path, 0, "magic number",
                Convert.ToHexStringLower(GroupFormat.Magic), Convert.ToHexStringLower(file[..GroupFormat.Magic.Length]));
        }

        Expect(path, file, VersionOffset, "format version", GroupFormat.Version);
        Expect(path, file, ReservedOffset, "reserved field", 0);
        ulong fileBytes = BinaryPrimitives.ReadUInt64LittleEndian(file[FileBytesOffset..]);
        if (fileBytes != (ulong)file.Length)
            throw new ImageFormatException(path, FileBytesOffset, "length of the group manifest", $"{file.Length}, what is there", $"{fileBytes}");
        ulong payloadBytes = BinaryPrimitives.ReadUInt64LittleEndian(file[PayloadBytesOffset..]);
        if (payloadBytes != (ulong)(file.Length - HeaderBytes - HashBytes) || payloadBytes > GroupFormat.MaxPayloadBytes)
            throw new ImageFormatException(path, PayloadBytesOffset, "payload length", $"{file.Length - HeaderBytes - HashBytes}, at most {GroupFormat.MaxPayloadBytes}", $"{payloadBytes}");
        CheckHash(path, file);
        GroupManifest manifest = DecodePayload(path, file[HeaderBytes..^HashBytes]);
        Check(path, manifest);
        return manifest;
    }

    private static void CheckHash(string path, ReadOnlySpan<byte> file)
    {
        int hashed = file.Length - HashBytes;
        Span<byte> actual = stackalloc byte[HashBytes];
        SHA256.HashData(file[..hashed], actual);
        if (!actual.SequenceEqual(file[hashed..]))
        {
            throw new ImageFormatException(path, hashed, "SHA-256 of the group manifest",
                Convert.ToHexStringLower(actual), Convert.ToHexStringLower(file[hashed..]));
        }
    }

    private static GroupManifest DecodePayload(string path, ReadOnlySpan<byte> payload)
    {
        try
        {
            return JsonSerializer.Deserialize(payload, ManifestJson.Group) ?? throw new JsonException("the payload is null");
        }
        catch (JsonException exception)
        {
            throw new ImageFormatException(path, HeaderBytes + (exception.BytePositionInLine ?? 0),
                $"payload at {exception.Path ?? "$"}", "the JSON of a group manifest", exception.Message, exception);
        }
    }

    private static void Check(string path, GroupManifest manifest)
    {
        if (manifest.Members.Count is 0 or > GroupFormat.MaxMembers)
            throw Bad(path, "members", $"1 to {GroupFormat.MaxMembers}", $"{manifest.Members.Count}");
        HashSet<string> names = new(StringComparer.Ordinal);
        HashSet<string> folders = new(StringComparer.Ordinal);
        for (int i = 0; i < manifest.Members.Count; i++)
        {
            if (manifest.Members[i] is not { } member)
                throw Bad(path, $"members[{i}]", "a member", "null");
            if (member.Name.Length is 0 or > ImageLimits.StringLength || !names.Add(member.Name))
                throw Bad(path, $"members[{i}].name", "a name of its own", $"\"{member.Name}\"");
            if (!GroupFormat.IsFolder(member.Folder) || !folders.Add(member.Folder))
                throw Bad(path, $"members[{i}].folder", "the name of a directory of its own", $"\"{member.Folder}\"");
            if (member.ManifestSha256.Length != 2 * HashBytes || !member.ManifestSha256.All(char.IsAsciiHexDigitLower))
                throw Bad(path, $"members[{i}].manifestSha256", "64 lower-case hexadecimal digits", $"\"{member.ManifestSha256}\"");
        }
    }

    private static void Expect(string path, ReadOnlySpan<byte> file, int offset, string subject, uint expected)
    {
        uint found = BinaryPrimitives.ReadUInt32LittleEndian(file[offset..]);
        if (found != expected)
            throw new ImageFormatException(path, offset, subject, $"{expected}", $"{found}");
    }

    private static ImageFormatException Bad(string path, string subject, string expected, string found) =>
        new(path, HeaderBytes, subject, expected, found);
}
