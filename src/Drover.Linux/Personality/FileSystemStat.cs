using System.Buffers.Binary;

namespace Drover.Linux.Personality;

/// <summary>struct statfs (x86-64) as bytes: enough for programs that ask what kind of file system something is.</summary>
internal static class FileSystemStat
{
    public const int StructBytes = 120;

    private const long ControlGroup2 = 0x63677270; // CGROUP2_SUPER_MAGIC
    private const long Proc = 0x9fa0;
    private const long Sysfs = 0x62656572;
    private const long Temporary = 0x01021994;
    private const long ReadOnly = 0x21; // ST_RDONLY | ST_VALID

    public static void Write(Span<byte> result, string path)
    {
        result.Clear();
        long type = path switch
        {
            _ when path.StartsWith("/sys/fs/cgroup", StringComparison.Ordinal) => ControlGroup2,
            _ when path.StartsWith("/sys", StringComparison.Ordinal) => Sysfs,
            _ when path.StartsWith("/proc", StringComparison.Ordinal) => Proc,
            _ => Temporary,
        };
        BinaryPrimitives.WriteInt64LittleEndian(result, type);
        BinaryPrimitives.WriteInt64LittleEndian(result[8..], 4096);
        BinaryPrimitives.WriteInt64LittleEndian(result[64..], 255);
        BinaryPrimitives.WriteInt64LittleEndian(result[72..], 4096);
        BinaryPrimitives.WriteInt64LittleEndian(result[80..], ReadOnly);
    }
}
