using System.Buffers.Binary;

namespace Drover.Linux.Seccomp;

/// <summary>A place in a program that jumps can name before it is reached.</summary>
internal sealed class BpfLabel
{
    internal int Position { get; set; } = -1;
}

/// <summary>Builds a classic BPF program whose jumps go to labels. All jumps go forward, as the kernel demands.</summary>
/// <remarks>A comparison can itself jump over 255 instructions; where that suffices the jump behind it is left out. The kernel compiles the program
/// for each component, and takes the longer the longer it is.</remarks>
internal sealed class BpfAssembler
{
    /// <summary>BPF_MAXINSNS of linux/bpf_common.h.</summary>
    public const int MaximumInstructions = 4096;

    private readonly List<(BpfInstruction Instruction, BpfLabel? Target)> _code = [];
    private readonly HashSet<int> _comparisons = []; // those with the jump that belongs to them behind them

    public void Emit(ushort code, uint operand) => _code.Add((new BpfInstruction(code, 0, 0, operand), null));

    /// <summary>Jumps to <paramref name="target"/> whatever the accumulator holds.</summary>
    public void JumpTo(BpfLabel target) => _code.Add((new BpfInstruction(BpfInstruction.Jump, 0, 0, 0), target));

    /// <summary>Jumps to <paramref name="target"/> if the comparison holds; any distance.</summary>
    public void JumpIf(ushort comparison, uint operand, BpfLabel target)
    {
        _comparisons.Add(_code.Count);
        _code.Add((new BpfInstruction(comparison, 0, 1, operand), null));
        JumpTo(target);
    }

    /// <summary>Jumps to <paramref name="target"/> if the comparison does not hold; any distance.</summary>
    public void JumpUnless(ushort comparison, uint operand, BpfLabel target)
    {
        _comparisons.Add(_code.Count);
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
        // How many instructions there are from each place on. All jumps go forward, so from the end on every distance is known.
        int[] left = new int[_code.Count + 1];
        bool[] isShort = new bool[_code.Count];
        for (int i = _code.Count - 1; i >= 0; i--)
        {
            isShort[i] = _comparisons.Contains(i) && Distance(left, i + 1, _code[i + 1].Target!) <= byte.MaxValue;
            left[i] = isShort[i] ? left[i + 2] + 1 : left[i + 1] + 1;
        }

        if (left[0] > MaximumInstructions)
            throw new InvalidOperationException($"The filter has {left[0]} instructions; the kernel takes {MaximumInstructions}.");
        byte[] program = new byte[left[0] * BpfInstruction.EncodedBytes];
        int at = 0;
        for (int i = 0; i < _code.Count; i += isShort[i] ? 2 : 1)
        {
            Write(program.AsSpan(at, BpfInstruction.EncodedBytes), left, i, isShort[i]);
            at += BpfInstruction.EncodedBytes;
        }

        return program;
    }

    private void Write(Span<byte> encoded, int[] left, int index, bool isShort)
    {
        (BpfInstruction instruction, BpfLabel? target) = _code[index];
        byte distance = isShort ? (byte)Distance(left, index + 1, _code[index + 1].Target!) : (byte)0;
        BinaryPrimitives.WriteUInt16LittleEndian(encoded, instruction.Code);
        // Alone, a comparison jumps over the jump behind it when that is not to be made.
        encoded[2] = !isShort ? instruction.IfTrue : instruction.IfTrue == 0 ? distance : (byte)0;
        encoded[3] = !isShort ? instruction.IfFalse : instruction.IfFalse == 0 ? distance : (byte)0;
        BinaryPrimitives.WriteUInt32LittleEndian(encoded[4..], target is null ? instruction.Operand : (uint)Distance(left, index, target));
    }

    /// <summary>How many instructions a jump at an index goes over.</summary>
    private static int Distance(int[] left, int index, BpfLabel target)
    {
        if (target.Position <= index)
            throw new InvalidOperationException("A jump goes to a label that is not marked behind it.");
        return left[index + 1] - left[target.Position];
    }
}
