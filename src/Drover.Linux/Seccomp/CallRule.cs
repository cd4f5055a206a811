namespace Drover.Linux.Seccomp;

/// <summary>If all tests hold, the verdict is <paramref name="Then"/>.</summary>
internal sealed record RuleClause(IReadOnlyList<ArgumentTest> Tests, Verdict Then);

/// <summary>What becomes of one system call: the first clause whose tests all hold decides, else the last word.</summary>
internal sealed class CallRule
{
    private readonly List<RuleClause> _clauses = [];

    private CallRule(Verdict otherwise) => Otherwise = otherwise;

    public IReadOnlyList<RuleClause> Clauses => _clauses;

    public Verdict Otherwise { get; }

    public static CallRule Always(Verdict verdict) => new(verdict);

    /// <summary>A rule without clauses yet whose last word is <paramref name="verdict"/>.</summary>
    public static CallRule Else(Verdict verdict) => new(verdict);

    public CallRule If(Verdict then, params ArgumentTest[] tests)
    {
        _clauses.Add(new RuleClause(tests, then));
        return this;
    }

    /// <summary>Adds a clause for each of the values that the argument's lower half may have.</summary>
    public CallRule IfOneOf(Verdict then, int argument, params uint[] values)
    {
        foreach (uint value in values)
            If(then, ArgumentTest.Is(argument, value));
        return this;
    }

    /// <summary>True if both rules say the same without looking at arguments.</summary>
    public bool IsSameConstantAs(CallRule other) =>
        _clauses.Count == 0 && other._clauses.Count == 0 && Otherwise == other.Otherwise;
}
