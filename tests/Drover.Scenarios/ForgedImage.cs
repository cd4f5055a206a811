using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Drover.Scenarios;

/// <summary>A copy of an image, changed by one who knows the format: lengths and hashes fit.</summary>
internal sealed class ForgedImage
{
    private const int HeaderBytes = 72;
    private const int FileBytesOffset = 24;
    private const int PayloadBytesOffset = 32;
    private const int HashBytes = 32;

    private readonly string _manifest;

    public ForgedImage(string original, string directory)
    {
        Path = directory;
        Directory.CreateDirectory(directory);
        foreach (string file in Directory.GetFiles(original))
            File.Copy(file, System.IO.Path.Combine(directory, System.IO.Path.GetFileName(file)));
        _manifest = System.IO.Path.Combine(directory, "manifest");
    }

    public string Path { get; }

    /// <summary>Changes the header, or what else stands at an offset.</summary>
    public void Write(int offset, ulong value)
    {
        byte[] file = File.ReadAllBytes(_manifest);
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(offset), value);
        Seal(file);
    }

    /// <summary>Changes a word of the first segment of the private memory.</summary>
    public void WriteSegment(int offset, ulong value)
    {
        byte[] file = File.ReadAllBytes(_manifest);
        Write(HeaderBytes + (int)BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(PayloadBytesOffset)) + offset, value);
    }

    public void Change(Action<JsonNode> change)
    {
        byte[] file = File.ReadAllBytes(_manifest);
        int length = (int)BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(PayloadBytesOffset));
        JsonNode payload = JsonNode.Parse(file.AsSpan(HeaderBytes, length))!;
        change(payload);
        byte[] changed = Encoding.UTF8.GetBytes(payload.ToJsonString());
        byte[] forged = [.. file[..HeaderBytes], .. changed, .. file[(HeaderBytes + length)..]];
        BinaryPrimitives.WriteUInt64LittleEndian(forged.AsSpan(FileBytesOffset), (ulong)forged.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(forged.AsSpan(PayloadBytesOffset), (ulong)changed.Length);
        Seal(forged);
    }

    private void Seal(byte[] file)
    {
        SHA256.HashData(file.AsSpan(..^HashBytes), file.AsSpan(file.Length - HashBytes));
        File.WriteAllBytes(_manifest, file);
    }
}
