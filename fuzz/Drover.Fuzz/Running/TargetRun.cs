using System.Diagnostics;
using System.Globalization;

namespace Drover.Fuzz.Running;

/// <summary>One target, fuzzed on one thread.</summary>
internal sealed class TargetRun(IFuzzTarget target, FuzzOptions options)
{
    /// <summary>No case takes a hundredth of it, but the machine may be busy with other things.</summary>
    public static readonly TimeSpan CasePatience = TimeSpan.FromSeconds(30);

    /// <summary>What a case may allocate, garbage included: a forged count must not become memory.</summary>
    private const long CaseBytes = 1L << 30;

    private const int FindingsWanted = 20;

    private readonly SortedDictionary<string, long> _outcomes = [];
    private readonly SortedDictionary<string, (ulong Seed, string Text, long Times)> _findings = [];
    private long _cases;
    private ulong _seed;
    private long _begun;
    private bool _hasEnded;

    public string Name => target.Name;

    /// <summary>Nothing found, and the enemy's input was not all refused at the gate, which would show nothing.</summary>
    public bool IsClean => _findings.Count == 0 && (_cases < 1000 || _outcomes.ContainsKey("accepted"));

    public void Run()
    {
        long start = Stopwatch.GetTimestamp();
        using (target)
        {
            while (_cases < options.Cases && _findings.Count < FindingsWanted && Stopwatch.GetElapsedTime(start) < options.Time)
                RunCase();
        }

        Volatile.Write(ref _hasEnded, true);
    }

    /// <summary>On another thread: ends everything if a case does not end.</summary>
    public void CheckProgress()
    {
        long begun = Volatile.Read(ref _begun);
        if (Volatile.Read(ref _hasEnded) || begun == 0 || Stopwatch.GetElapsedTime(begun) < CasePatience)
            return;
        Console.WriteLine($"{Name}: the case did not end within {CasePatience.TotalSeconds} s. {Rerun(Volatile.Read(ref _seed))}");
        Environment.Exit(1);
    }

    public void Report()
    {
        string outcomes = string.Join(", ", _outcomes.Select(outcome => $"{outcome.Key} {outcome.Value.ToString("N0", CultureInfo.InvariantCulture)}"));
        foreach ((ulong seed, string text, long times) in _findings.Values)
            Console.WriteLine($"{Name}: found {times} times:\n{text}\n  {Rerun(seed)}\n");
        Console.WriteLine($"{Name}: {_cases.ToString("N0", CultureInfo.InvariantCulture)} cases from seed {options.Seed}, {_findings.Count} findings; {outcomes}");
        if (_cases == 1)
            Console.WriteLine($"{Name}: {target.Detail}");
        if (_findings.Count == 0 && !IsClean)
            Console.WriteLine($"{Name}: nothing was accepted, so nothing was shown");
    }

    private void RunCase()
    {
        _seed = unchecked(options.Seed + (ulong)_cases++);
        Volatile.Write(ref _begun, Stopwatch.GetTimestamp());
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            string outcome = target.RunCase(new Chance(_seed));
            _outcomes[outcome] = _outcomes.GetValueOrDefault(outcome) + 1;
            allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
            FindingException.Unless(allocated <= CaseBytes, $"the case took {allocated >> 20} MiB");
        }
#pragma warning disable CA1031 // Whatever is thrown is what is looked for.
        catch (Exception finding)
#pragma warning restore CA1031
        {
            Note(finding);
        }

        Volatile.Write(ref _begun, 0);
    }

    private void Note(Exception finding)
    {
        string where = finding.StackTrace?.Split('\n').FirstOrDefault(line => line.Contains("Drover.", StringComparison.Ordinal)) ?? "";
        string signature = $"{finding.GetType().Name}{where}{(finding is FindingException ? finding.Message : "")}";
        (ulong Seed, string Text, long Times) known = _findings.GetValueOrDefault(signature, (_seed, $"{finding}", 0));
        _findings[signature] = known with { Times = known.Times + 1 };
        if (known.Times == 0)
            Console.WriteLine($"{Name}: {finding.GetType().Name}: {finding.Message} {Rerun(_seed)}");
    }

    private string Rerun(ulong seed) => $"Again: ./drover fuzz {Name} --seed {seed} --cases 1";
}
