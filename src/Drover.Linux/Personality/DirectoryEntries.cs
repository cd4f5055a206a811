using System.Buffers.Binary;
using System.Text;
using Drover.Platform.Traps;

namespace Drover.Linux.Personality;

/// <summary>Directory listings as struct linux_dirent64 records (getdents64(2)). The offset cookie of a record is the
/// place of the next one, so that lseek(2) on the descriptor does what seekdir(3) and rewinddir(3) expect.</summary>
internal static class DirectoryEntries
{
    private const int NameOffset = 19;

    public static byte[] Render(string path, IReadOnlyList<DirectoryItem> items)
    {
        MemoryStream rendered = new();
        Append(rendered, path, ".", DirectoryItemKind.Directory);
        Append(rendered, ComponentPath.Folder(path), "..", DirectoryItemKind.Directory);
        foreach (DirectoryItem item in items)
            Append(rendered, $"{path}/{item.Name}", item.Name, item.Kind);
        return rendered.ToArray();
    }

    /// <summary>Length of the whole records at the start of <paramref name="records"/>.</summary>
    public static int WholeRecords(ReadOnlySpan<byte> records)
    {
        int end = 0;
        while (records.Length - end >= NameOffset)
        {
            int length = BinaryPrimitives.ReadUInt16LittleEndian(records[(end + 16)..]);
            if (length < NameOffset || end + length > records.Length)
                break;
            end += length;
        }
        return end;
    }

    private static void Append(MemoryStream rendered, string path, string name, DirectoryItemKind kind)
    {
        int nameBytes = Encoding.UTF8.GetByteCount(name);
        byte[] record = new byte[(NameOffset + nameBytes + 1 + 7) & ~7];
        BinaryPrimitives.WriteUInt64LittleEndian(record, FileStat.Inode(path));
        BinaryPrimitives.WriteInt64LittleEndian(record.AsSpan(8), rendered.Length + record.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(record.AsSpan(16), (ushort)record.Length);
        record[18] = kind switch
        {
            DirectoryItemKind.Directory => 4, // DT_DIR
            DirectoryItemKind.Link => 10, // DT_LNK
            DirectoryItemKind.Device => 2, // DT_CHR
            _ => 8, // DT_REG
        };
        Encoding.UTF8.GetBytes(name, record.AsSpan(NameOffset));
        rendered.Write(record);
    }
}
