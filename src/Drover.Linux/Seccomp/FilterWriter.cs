namespace Drover.Linux.Seccomp;

/// <summary>Writes the parts of the filter. The accumulator holds the call's number while the tree is walked.</summary>
internal sealed class FilterWriter(ulong stubStart, ulong stubEnd)
{
    private readonly Dictionary<Verdict, BpfLabel> _tails = [];

    public BpfAssembler Assembler { get; } = new();

    /// <summary>Where to go for a verdict other than native: there the stub's calls are told from the component's.</summary>
    public BpfLabel Tail(Verdict verdict)
    {
        if (!_tails.TryGetValue(verdict, out BpfLabel? label))
            _tails[verdict] = label = new BpfLabel();
        return label;
    }

    /// <summary>Writes a balanced tree over ranges of numbers, each from its first number to the next one's.</summary>
    public void WriteTree(IReadOnlyList<(int First, CallRule Rule)> ranges) => WriteSubtree(ranges, 0, ranges.Count);

    /// <summary>Writes the ends of all paths that are not a plain allow.</summary>
    public void WriteTails(uint instructionPointerOffset)
    {
        foreach ((Verdict verdict, BpfLabel label) in _tails)
        {
            BpfLabel notFromStub = new();
            Assembler.Mark(label);
            Assembler.Emit(BpfInstruction.LoadWord, instructionPointerOffset + 4);
            Assembler.JumpUnless(BpfInstruction.JumpIfEqual, 0, notFromStub);
            Assembler.Emit(BpfInstruction.LoadWord, instructionPointerOffset);
            // The instruction pointer is that behind the syscall instruction of two bytes.
            Assembler.JumpUnless(BpfInstruction.JumpIfAtLeast, (uint)stubStart + 2, notFromStub);
            Assembler.JumpIf(BpfInstruction.JumpIfGreater, (uint)stubEnd, notFromStub);
            Assembler.Emit(BpfInstruction.Return, Verdict.Native.ReturnValue);
            Assembler.Mark(notFromStub);
            Assembler.Emit(BpfInstruction.Return, verdict.ReturnValue);
        }
    }

    private void WriteSubtree(IReadOnlyList<(int First, CallRule Rule)> ranges, int from, int to)
    {
        if (to - from == 1)
        {
            WriteRule(ranges[from].Rule);
            return;
        }
        int middle = (from + to) / 2;
        BpfLabel upper = new();
        Assembler.JumpIf(BpfInstruction.JumpIfAtLeast, (uint)ranges[middle].First, upper);
        WriteSubtree(ranges, from, middle);
        Assembler.Mark(upper);
        WriteSubtree(ranges, middle, to);
    }

    private void WriteRule(CallRule rule)
    {
        foreach (RuleClause clause in rule.Clauses)
        {
            BpfLabel next = new();
            foreach (ArgumentTest test in clause.Tests)
                test.Emit(Assembler, next);
            WriteVerdict(clause.Then);
            Assembler.Mark(next);
        }
        WriteVerdict(rule.Otherwise);
    }

    private void WriteVerdict(Verdict verdict)
    {
        if (verdict.Kind is VerdictKind.Native)
            Assembler.Emit(BpfInstruction.Return, verdict.ReturnValue);
        else
            Assembler.JumpTo(Tail(verdict));
    }
}
