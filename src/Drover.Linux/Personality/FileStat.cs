using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Drover.Linux.Native;

namespace Drover.Linux.Personality;

/// <summary>struct stat (x86-64) as bytes.</summary>
internal static partial class FileStat
{
    public const int StructBytes = FileStatus.StructBytes;
    public const uint RegularFile = 0x8000;
    public const uint Directory = 0x4000;
    public const uint Link = 0xa000;

    private const int LinkCountOffset = 16;
    private const int DeviceNumberOffset = 40;
    private const int BlockBytesOffset = 56;
    private const ulong NullDevice = (1 << 8) | 3;

    /// <summary>Fills in what is known of a made-up thing.</summary>
    public static void Write(Span<byte> stat, uint kind, uint permissions, long lengthBytes, string path)
    {
        stat[..StructBytes].Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(stat[FileStatus.InodeOffset..], Inode(path));
        BinaryPrimitives.WriteUInt64LittleEndian(stat[LinkCountOffset..], kind == Directory ? 2u : 1u);
        BinaryPrimitives.WriteUInt32LittleEndian(stat[FileStatus.ModeOffset..], kind | permissions);
        BinaryPrimitives.WriteInt64LittleEndian(stat[FileStatus.LengthOffset..], lengthBytes);
        BinaryPrimitives.WriteInt64LittleEndian(stat[BlockBytesOffset..], 4096);
    }

    /// <summary>The file's own; the last part of the path is not followed if it is a link unless asked for.</summary>
    /// <returns>0, or the errno.</returns>
    public static unsafe int Of(string hostPath, bool follow, Span<byte> stat)
    {
        fixed (byte* start = stat)
        {
            int result = follow ? StatPath(hostPath, start) : StatLink(hostPath, start);
            return result == 0 ? 0 : Marshal.GetLastPInvokeError();
        }
    }

    public static uint Mode(ReadOnlySpan<byte> stat) =>
        BinaryPrimitives.ReadUInt32LittleEndian(stat[FileStatus.ModeOffset..]);

    public static long LengthBytes(ReadOnlySpan<byte> stat) =>
        BinaryPrimitives.ReadInt64LittleEndian(stat[FileStatus.LengthOffset..]);

    public static bool IsNullDevice(ReadOnlySpan<byte> stat) =>
        (Mode(stat) & 0xf000) == 0x2000 && BinaryPrimitives.ReadUInt64LittleEndian(stat[DeviceNumberOffset..]) == NullDevice;

    public static void ChangeMode(Span<byte> stat, uint mode) =>
        BinaryPrimitives.WriteUInt32LittleEndian(stat[FileStatus.ModeOffset..], mode);

    /// <summary>A stable number for a path (FNV-1a).</summary>
    public static ulong Inode(string path)
    {
        ulong hash = 0xcbf29ce484222325;
        foreach (char c in path)
            hash = (hash ^ c) * 0x100000001b3;
        return hash & 0x7fff_ffff_ffff_ffff;
    }

    [LibraryImport("libc", EntryPoint = "stat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int StatPath(string path, byte* stat);

    [LibraryImport("libc", EntryPoint = "lstat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int StatLink(string path, byte* stat);
}
