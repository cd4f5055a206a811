namespace Drover.Linux.Seccomp;

/// <summary>One instruction of classic BPF: struct sock_filter (linux/filter.h).</summary>
/// <param name="Code">Operation.</param>
/// <param name="IfTrue">Instructions to skip if a comparison holds.</param>
/// <param name="IfFalse">Instructions to skip if it does not.</param>
/// <param name="Operand">The constant K.</param>
internal readonly record struct BpfInstruction(ushort Code, byte IfTrue, byte IfFalse, uint Operand)
{
    /// <summary>Bytes of one encoded instruction.</summary>
    public const int EncodedBytes = 8;

    public const ushort LoadWord = 0x20; // BPF_LD | BPF_W | BPF_ABS
    public const ushort And = 0x54; // BPF_ALU | BPF_AND | BPF_K
    public const ushort Jump = 0x05; // BPF_JMP | BPF_JA
    public const ushort JumpIfEqual = 0x15; // BPF_JMP | BPF_JEQ | BPF_K
    public const ushort JumpIfGreater = 0x25; // BPF_JMP | BPF_JGT | BPF_K
    public const ushort JumpIfAtLeast = 0x35; // BPF_JMP | BPF_JGE | BPF_K
    public const ushort JumpIfAnySet = 0x45; // BPF_JMP | BPF_JSET | BPF_K
    public const ushort Return = 0x06; // BPF_RET | BPF_K
}
