using System.Buffers.Binary;

namespace Drover.Linux.Tests.Seccomp;

/// <summary>Runs classic BPF over a struct seccomp_data, as the kernel would.</summary>
internal sealed class BpfMachine(byte[] program)
{
    /// <summary>Offsets of struct seccomp_data in the order they were loaded by the last run.</summary>
    public List<uint> Loads { get; } = [];

    public int Steps { get; private set; }

    public uint Run(uint architecture, uint number, ulong instructionPointer, params ReadOnlySpan<ulong> arguments)
    {
        Span<byte> data = stackalloc byte[64];
        BinaryPrimitives.WriteUInt32LittleEndian(data, number);
        BinaryPrimitives.WriteUInt32LittleEndian(data[4..], architecture);
        BinaryPrimitives.WriteUInt64LittleEndian(data[8..], instructionPointer);
        for (int i = 0; i < arguments.Length; i++)
            BinaryPrimitives.WriteUInt64LittleEndian(data[(16 + (8 * i))..], arguments[i]);
        Loads.Clear();
        Steps = 0;
        uint accumulator = 0;
        for (int at = 0; ; at++)
        {
            Steps++;
            ReadOnlySpan<byte> code = program.AsSpan(at * 8, 8);
            uint operand = BinaryPrimitives.ReadUInt32LittleEndian(code[4..]);
            switch (BinaryPrimitives.ReadUInt16LittleEndian(code))
            {
                case 0x20:
                    Loads.Add(operand);
                    accumulator = BinaryPrimitives.ReadUInt32LittleEndian(data[(int)operand..]);
                    break;
                case 0x54:
                    accumulator &= operand;
                    break;
                case 0x05:
                    at += (int)operand;
                    break;
                case 0x15:
                    at += accumulator == operand ? code[2] : code[3];
                    break;
                case 0x25:
                    at += accumulator > operand ? code[2] : code[3];
                    break;
                case 0x35:
                    at += accumulator >= operand ? code[2] : code[3];
                    break;
                case 0x45:
                    at += (accumulator & operand) != 0 ? code[2] : code[3];
                    break;
                case 0x06:
                    return operand;
                default:
                    throw new InvalidOperationException($"Unknown instruction at {at}.");
            }
        }
    }
}
