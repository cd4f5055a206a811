namespace Drover.Linux.Stub;

/// <summary>The stub's machine code (x86-64).</summary>
/// <remarks>
/// It runs r13 system calls from the table at r12, 64 bytes each: number, six arguments, result; then int3. It touches
/// no stack and keeps nothing, so that any stopped thread can be sent through it and put back.
/// </remarks>
internal static class StubCode
{
    /// <summary>Bytes of one table entry.</summary>
    public const int EntryBytes = 64;

    public const int ResultOffset = 56;

    /// <summary>Entry of the loop, from the start of the code.</summary>
    public const int LoopOffset = 0x1e;

    /// <summary>Where the instruction pointer is after the final int3, from the start of the code.</summary>
    public const int DoneOffset = 0x56;

    /// <summary>What fills the page while the component runs: every byte of it traps.</summary>
    public const byte Breakpoint = 0xcc;

    /// <summary>The code. Offset 0 is where the zygote starts: it waits on descriptor 3, whose other end only this
    /// process holds, and exits when that is gone.</summary>
    public static ReadOnlySpan<byte> Bytes =>
    [
        0x31, 0xc0, //                   xor eax, eax             read
        0xbf, 0x03, 0x00, 0x00, 0x00, // mov edi, 3
        0x48, 0x8d, 0x74, 0x24, 0xc0, // lea rsi, [rsp - 64]
        0xba, 0x01, 0x00, 0x00, 0x00, // mov edx, 1
        0x0f, 0x05, //                   syscall
        0xb8, 0xe7, 0x00, 0x00, 0x00, // mov eax, 231             exit_group
        0x31, 0xff, //                   xor edi, edi
        0x0f, 0x05, //                   syscall
        0x0f, 0x0b, //                   ud2
        //                        loop:
        0x4d, 0x85, 0xed, //             test r13, r13
        0x74, 0x32, //                   je done
        0x49, 0x8b, 0x04, 0x24, //       mov rax, [r12]
        0x49, 0x8b, 0x7c, 0x24, 0x08, // mov rdi, [r12 + 8]
        0x49, 0x8b, 0x74, 0x24, 0x10, // mov rsi, [r12 + 16]
        0x49, 0x8b, 0x54, 0x24, 0x18, // mov rdx, [r12 + 24]
        0x4d, 0x8b, 0x54, 0x24, 0x20, // mov r10, [r12 + 32]
        0x4d, 0x8b, 0x44, 0x24, 0x28, // mov r8, [r12 + 40]
        0x4d, 0x8b, 0x4c, 0x24, 0x30, // mov r9, [r12 + 48]
        0x0f, 0x05, //                   syscall
        0x49, 0x89, 0x44, 0x24, 0x38, // mov [r12 + 56], rax
        0x49, 0x83, 0xc4, 0x40, //       add r12, 64
        0x49, 0xff, 0xcd, //             dec r13
        0xeb, 0xc9, //                   jmp loop
        //                        done:
        0xcc, //                         int3
    ];
}
