namespace Drover.Linux.Seccomp;

internal enum ComparisonKind
{
    /// <summary>The lower 32 bits are the value.</summary>
    Is,

    /// <summary>The lower 32 bits, masked, are the value.</summary>
    MaskedIs,

    /// <summary>One of the bits of the mask is set in the lower 32 bits.</summary>
    HasAny,

    /// <summary>The lower 32 bits, unsigned, are the value or more.</summary>
    AtLeast,

    /// <summary>The whole 64 bits, unsigned, are below the value (which fits 32 bits).</summary>
    WholeBelow,

    /// <summary>One of the upper 32 bits is set.</summary>
    UpperSet,
}

/// <summary>A test of one argument register. The kernel looks at 32 bits of ints and at 64 of longs and pointers, and
/// so must the test.</summary>
internal readonly record struct ArgumentTest(int Argument, ComparisonKind Kind, uint Value = 0, uint Mask = 0)
{
    public static ArgumentTest Is(int argument, uint value) => new(argument, ComparisonKind.Is, value);

    public static ArgumentTest MaskedIs(int argument, uint mask, uint value) =>
        new(argument, ComparisonKind.MaskedIs, value, mask);

    public static ArgumentTest HasAny(int argument, uint mask) => new(argument, ComparisonKind.HasAny, 0, mask);

    public static ArgumentTest AtLeast(int argument, uint value) => new(argument, ComparisonKind.AtLeast, value);

    public static ArgumentTest WholeBelow(int argument, uint value) => new(argument, ComparisonKind.WholeBelow, value);

    public static ArgumentTest UpperSet(int argument) => new(argument, ComparisonKind.UpperSet);

    // struct seccomp_data: int nr; u32 arch; u64 instruction_pointer; u64 args[6]; little endian.
    private uint LowerOffset => 16 + (8 * (uint)Argument);

    private uint UpperOffset => LowerOffset + 4;

    /// <summary>Goes on behind the emitted code if the test holds, else to <paramref name="otherwise"/>.</summary>
    public void Emit(BpfAssembler assembler, BpfLabel otherwise)
    {
        assembler.Emit(BpfInstruction.LoadWord, Kind is ComparisonKind.UpperSet or ComparisonKind.WholeBelow ? UpperOffset : LowerOffset);
        switch (Kind)
        {
            case ComparisonKind.Is:
                assembler.JumpUnless(BpfInstruction.JumpIfEqual, Value, otherwise);
                break;
            case ComparisonKind.MaskedIs:
                assembler.Emit(BpfInstruction.And, Mask);
                assembler.JumpUnless(BpfInstruction.JumpIfEqual, Value, otherwise);
                break;
            case ComparisonKind.HasAny:
                assembler.JumpUnless(BpfInstruction.JumpIfAnySet, Mask, otherwise);
                break;
            case ComparisonKind.AtLeast:
                assembler.JumpUnless(BpfInstruction.JumpIfAtLeast, Value, otherwise);
                break;
            case ComparisonKind.UpperSet:
                assembler.JumpIf(BpfInstruction.JumpIfEqual, 0, otherwise);
                break;
            case ComparisonKind.WholeBelow:
                assembler.JumpUnless(BpfInstruction.JumpIfEqual, 0, otherwise);
                assembler.Emit(BpfInstruction.LoadWord, LowerOffset);
                assembler.JumpIf(BpfInstruction.JumpIfAtLeast, Value, otherwise);
                break;
            default:
                throw new InvalidOperationException($"No code for {Kind}.");
        }
    }
}
