namespace Drover.Bench;

/// <summary>How the benchmark is asked to run.</summary>
/// <param name="Groups">The groups to measure; none for all.</param>
/// <param name="Json">Print one JSON array and nothing else.</param>
/// <param name="IsQuick">Fewer runs after fewer warm-ups: for a first look.</param>
/// <param name="Results">A Markdown file whose marked part is to be replaced by the report; null for none.</param>
/// <param name="Plots">The folder to which plots are written; null for none. Then nothing else is measured unless groups are named.</param>
internal sealed record BenchOptions(IReadOnlyList<string> Groups, bool Json, bool IsQuick, string? Results, string? Plots)
{
    public static readonly IReadOnlyList<string> KnownGroups =
        ["calls", "launch", "checkpoints", "memory", "restores", "snapshots", "slowdown", "capabilities", "inner", Throughput];

    /// <summary>The group that is measured on all processors, and therefore by itself.</summary>
    public const string Throughput = "throughput";

    public static readonly string Usage = $"""
        usage: drover bench [GROUP...] [--quick] [--json] [--results FILE] [--plots DIR]
          groups: {string.Join(", ", KnownGroups)}; all but {Throughput} if none is named,
                  {Throughput} by itself and on all processors
          --quick         fewer runs
          --json          one JSON array and nothing else
          --results FILE  put the report into the marked part of a Markdown file
          --plots DIR     measure what the plots show and write them there; groups only if named
        """;

    private const int FullRuns = 30;
    private const int QuickRuns = 7;
    private const int FullWarmUps = 40;
    private const int QuickWarmUps = 12;

    /// <summary>Of a small component.</summary>
    public int Runs => IsQuick ? QuickRuns : FullRuns;

    /// <summary>After so many all code on the way has been compiled for good (not quite, when it is to be quick).</summary>
    public int WarmUps => IsQuick ? QuickWarmUps : FullWarmUps;

    /// <summary>What a large component allows of a number of runs.</summary>
    public int Large(int full, int quick) => IsQuick ? quick : full;

    /// <summary>Whether a group is to be measured.</summary>
    public bool Includes(string group) => Groups.Count == 0 ? Plots is null && group != Throughput : Groups.Contains(group);

    /// <summary>Whether all processors are used.</summary>
    public bool IsUnpinned => Groups.Contains(Throughput);

    public static bool TryParse(string[] arguments, out BenchOptions options)
    {
        options = new BenchOptions([], false, false, null, null);
        List<string> groups = [];
        for (int i = 0; i < arguments.Length; i++)
        {
            if (arguments[i] == "--json")
                options = options with { Json = true };
            else if (arguments[i] == "--quick")
                options = options with { IsQuick = true };
            else if (arguments[i] == "--results" && i + 1 < arguments.Length)
                options = options with { Results = Path.GetFullPath(arguments[++i]) };
            else if (arguments[i] == "--plots" && i + 1 < arguments.Length)
                options = options with { Plots = Path.GetFullPath(arguments[++i]) };
            else if (KnownGroups.Contains(arguments[i]))
                groups.Add(arguments[i]);
            else
                return false;
        }

        options = options with { Groups = groups };
        return !options.IsUnpinned || (groups.Count == 1 && options.Plots is null);
    }
}
