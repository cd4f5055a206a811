using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Drover.Linux.Native;

/// <summary>The parts of struct stat (x86-64) that identify a file.</summary>
internal readonly record struct FileStatus(
    ulong Device, ulong Inode, uint Mode, long LengthBytes, long ModifiedSeconds, long ModifiedNanoseconds)
{
    public const int StructBytes = 144;
    public const int InodeOffset = 8;
    public const int ModeOffset = 24;
    public const int LengthOffset = 48;
    public const int ModifiedOffset = 88;

    private const uint KindMask = 0xF000;

    public bool IsRegular => (Mode & KindMask) == 0x8000;

    public bool IsDirectory => (Mode & KindMask) == 0x4000;

    public bool IsCharacterDevice => (Mode & KindMask) == 0x2000;

    public static unsafe FileStatus Of(SafeHandle descriptor)
    {
        Span<byte> status = stackalloc byte[StructBytes];
        fixed (byte* start = status)
            LinuxException.Check(Libc.FileStatus(descriptor, start), "fstat");
        return Parse(status);
    }

    /// <summary>Takes the parts out of a struct stat.</summary>
    public static FileStatus Parse(ReadOnlySpan<byte> status) =>
        new(
            BinaryPrimitives.ReadUInt64LittleEndian(status),
            BinaryPrimitives.ReadUInt64LittleEndian(status[InodeOffset..]),
            BinaryPrimitives.ReadUInt32LittleEndian(status[ModeOffset..]),
            BinaryPrimitives.ReadInt64LittleEndian(status[LengthOffset..]),
            BinaryPrimitives.ReadInt64LittleEndian(status[ModifiedOffset..]),
            BinaryPrimitives.ReadInt64LittleEndian(status[(ModifiedOffset + sizeof(long))..]));
}
