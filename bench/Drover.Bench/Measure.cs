namespace Drover.Bench;

/// <summary>One thing that is measured.</summary>
/// <param name="Name">Says what it is.</param>
/// <param name="Unit">Of the figures.</param>
/// <param name="Target">What the median should not exceed; null where nothing was set.</param>
/// <param name="Figures">One for each run.</param>
internal sealed record Measure(string Name, string Unit, double? Target, IReadOnlyList<double> Figures)
{
    /// <summary>The same of a comparable program by CRIU, in the same run and unit; null where it was not or can not be measured.</summary>
    public IReadOnlyList<double>? Criu { get; init; }

    public double Median => MedianOf(Figures);

    public double? CriuMedian => Criu is { Count: > 0 } figures ? MedianOf(figures) : null;

    public MeasureSummary Summary => new(
        Name, Unit, Round(Median), Round(Figures.Min()), Round(Figures.Max()), Figures.Count, Target, CriuMedian is { } criu ? Round(criu) : null);

    public static double MedianOf(IEnumerable<double> figures)
    {
        double[] sorted = [.. figures.Order()];
        int middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private static double Round(double figure) => Math.Round(figure, 3);
}

/// <summary>A measure as `--json` prints it.</summary>
internal sealed record MeasureSummary(string Name, string Unit, double Median, double Min, double Max, int Runs, double? Target, double? CriuMedian);
