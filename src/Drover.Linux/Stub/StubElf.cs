using System.Buffers.Binary;

namespace Drover.Linux.Stub;

/// <summary>The zygote's program: a static ELF file of one segment that holds <see cref="StubCode"/>.</summary>
internal static class StubElf
{
    /// <summary>Address of the first byte of <see cref="StubCode"/> in the running zygote.</summary>
    public const ulong CodeAddress = LoadAddress + HeaderBytes;

    private const ulong LoadAddress = 0x400000;
    private const int ElfHeaderBytes = 64;
    private const int ProgramHeaderBytes = 56;
    private const int HeaderBytes = ElfHeaderBytes + ProgramHeaderBytes;

    public static byte[] Build()
    {
        byte[] file = new byte[HeaderBytes + StubCode.Bytes.Length];
        WriteElfHeader(file);
        WriteProgramHeader(file.AsSpan(ElfHeaderBytes), (ulong)file.Length);
        StubCode.Bytes.CopyTo(file.AsSpan(HeaderBytes));
        return file;
    }

    private static void WriteElfHeader(Span<byte> header)
    {
        ReadOnlySpan<byte> identification = [0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1];
        identification.CopyTo(header);
        BinaryPrimitives.WriteUInt16LittleEndian(header[16..], 2); // ET_EXEC
        BinaryPrimitives.WriteUInt16LittleEndian(header[18..], 62); // EM_X86_64
        BinaryPrimitives.WriteUInt32LittleEndian(header[20..], 1);
        BinaryPrimitives.WriteUInt64LittleEndian(header[24..], CodeAddress);
        BinaryPrimitives.WriteUInt64LittleEndian(header[32..], ElfHeaderBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(header[52..], ElfHeaderBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(header[54..], ProgramHeaderBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(header[56..], 1);
    }

    private static void WriteProgramHeader(Span<byte> header, ulong fileBytes)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(header, 1); // PT_LOAD
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], 5); // PF_R | PF_X
        BinaryPrimitives.WriteUInt64LittleEndian(header[16..], LoadAddress);
        BinaryPrimitives.WriteUInt64LittleEndian(header[24..], LoadAddress);
        BinaryPrimitives.WriteUInt64LittleEndian(header[32..], fileBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(header[40..], fileBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(header[48..], 0x1000);
    }
}
