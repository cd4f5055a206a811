namespace Drover.Linux.Seccomp;

/// <summary>
/// The seccomp filter that components run under, as classic BPF.
/// <para>The number decides first, by a balanced tree, so that native calls stay quick (the kernel keeps the numbers
/// that are always allowed in a bitmap and does not even run the program for them). Whether the call comes from the
/// stub page is asked last, on the way to every answer that is not a plain allow.</para>
/// </summary>
public static class FilterProgram
{
    private const uint NumberOffset = 0;
    private const uint ArchitectureOffset = 4;
    private const uint InstructionPointerOffset = 8;
    private const uint AuditArchX86_64 = 0xc000003e;
    private const uint X32Bit = 0x40000000;
    private const uint NoCall = 0xffffffff;

    /// <summary>Builds the program.</summary>
    /// <param name="privateCalls">Numbers beyond the kernel's that are trapped.</param>
    /// <param name="stubStart">First address of the stub page, from which every call is let through.</param>
    /// <param name="stubEnd">First address behind the stub page. Nothing below it may be the component's, so that it
    /// has to be a low address.</param>
    /// <param name="leaderId">Thread-group id of the component inside its PID namespace: the only process that its
    /// signals may name.</param>
    /// <param name="trapsMoves">True if mremap(2) is trapped: for a process whose memory is not all there yet.</param>
    /// <returns>An array of struct sock_filter.</returns>
    public static byte[] Build(IReadOnlyList<int> privateCalls, ulong stubStart, ulong stubEnd, int leaderId, bool trapsMoves = false)
    {
        ArgumentNullException.ThrowIfNull(privateCalls);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(leaderId, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(stubEnd, 0x0010_0000ul);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(stubStart, stubEnd);
        FilterWriter writer = new(stubStart, stubEnd);
        BpfAssembler assembler = writer.Assembler;

        BpfLabel rightArchitecture = new();
        assembler.Emit(BpfInstruction.LoadWord, ArchitectureOffset);
        assembler.JumpIf(BpfInstruction.JumpIfEqual, AuditArchX86_64, rightArchitecture);
        assembler.Emit(BpfInstruction.Return, Verdict.Kill.ReturnValue);
        assembler.Mark(rightArchitecture);

        // -1 is what a tracer leaves behind that took a call away; it has the x32 bit too.
        BpfLabel ordinary = new();
        assembler.Emit(BpfInstruction.LoadWord, NumberOffset);
        assembler.JumpUnless(BpfInstruction.JumpIfAtLeast, X32Bit, ordinary);
        assembler.JumpIf(BpfInstruction.JumpIfEqual, NoCall, writer.Tail(CallTable.Unlisted(-1)));
        assembler.Emit(BpfInstruction.Return, Verdict.Kill.ReturnValue);
        assembler.Mark(ordinary);

        writer.WriteTree(Ranges(CallTable.Build(privateCalls, (uint)leaderId, (uint)stubEnd, trapsMoves)));
        writer.WriteTails(InstructionPointerOffset);
        return assembler.Assemble();
    }

    /// <summary>Joins neighbouring numbers with the same constant rule.</summary>
    private static List<(int First, CallRule Rule)> Ranges(SortedDictionary<int, CallRule> table)
    {
        List<(int First, CallRule Rule)> ranges = [];
        int last = Math.Max(table.Keys.Max(), CallTable.KnownNumbers) + 1;
        for (int number = 0; number <= last; number++)
        {
            CallRule rule = table.TryGetValue(number, out CallRule? listed)
                ? listed
                : CallRule.Always(CallTable.Unlisted(number));
            if (ranges.Count == 0 || !ranges[^1].Rule.IsSameConstantAs(rule))
                ranges.Add((number, rule));
        }
        return ranges;
    }
}
