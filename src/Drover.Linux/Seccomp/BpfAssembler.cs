using System.Buffers.Binary;

namespace Drover.Linux.Seccomp;

/// <summary>A place in a program that jumps can name before it is reached.</summary>
internal sealed class BpfLabel
{
    internal int Position { get; set; } = -1;
}

/// <summary>Builds a classic BPF program whose jumps go to labels. All jumps go forward, as the kernel demands.</summary>
internal sealed class BpfAssembler
{
    /// <summary>BPF_MAXINSNS of linux/bpf_common.h.</summary>
    public const int MaximumInstructions = 4096;

    private readonly List<(BpfInstruction Instruction, BpfLabel? Target)> _code = [];

    public void Emit(ushort code, uint operand) => _code.Add((new BpfInstruction(code, 0, 0, operand), null));

    /// <summary>Jumps to <paramref name="target"/> whatever the accumulator holds.</summary>
    public void JumpTo(BpfLabel target) => _code.Add((new BpfInstruction(BpfInstruction.Jump, 0, 0, 0), target));

    /// <summary>Jumps to <paramref name="target"/> if the comparison holds; any distance.</summary>
    public void JumpIf(ushort comparison, uint operand, BpfLabel target)
    {
        _code.Add((new BpfInstruction(comparison, 0, 1, operand), null));
        JumpTo(target);
    }

    /// <summary>Jumps to <paramref name="target"/> if the comparison does not hold; any distance.</summary>
    public void JumpUnless(ushort comparison, uint operand, BpfLabel target)
    {
        _code.Add((new BpfInstruction(comparison, 1, 0, operand), null));
        JumpTo(target);
    }

    public void Mark(BpfLabel label)
    {
        if (label.Position >= 0)
            throw new InvalidOperationException("A label can be marked once only.");
        label.Position = _code.Count;
    }

    /// <summary>The program as an array of struct sock_filter.</summary>
    public byte[] Assemble()
    {
        if (_code.Count > MaximumInstructions)
            throw new InvalidOperationException($"The filter has {_code.Count} instructions; the kernel takes {MaximumInstructions}.");
        byte[] program = new byte[_code.Count * BpfInstruction.EncodedBytes];
        for (int i = 0; i < _code.Count; i++)
        {
            (BpfInstruction instruction, BpfLabel? target) = _code[i];
            uint operand = target is null ? instruction.Operand : Distance(i, target);
            Span<byte> encoded = program.AsSpan(i * BpfInstruction.EncodedBytes);
            BinaryPrimitives.WriteUInt16LittleEndian(encoded, instruction.Code);
            encoded[2] = instruction.IfTrue;
            encoded[3] = instruction.IfFalse;
            BinaryPrimitives.WriteUInt32LittleEndian(encoded[4..], operand);
        }
        return program;
    }

    private static uint Distance(int from, BpfLabel target)
    {
        int distance = target.Position - from - 1;
        if (target.Position < 0 || distance < 0)
            throw new InvalidOperationException("A jump goes to a label that is not marked behind it.");
        return (uint)distance;
    }
}
