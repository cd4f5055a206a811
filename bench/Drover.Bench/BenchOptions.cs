using System.Globalization;

namespace Drover.Bench;

/// <summary>How the benchmark is asked to run.</summary>
/// <param name="Json">Print one JSON array and nothing else.</param>
/// <param name="Runs">Of each measure of a whole component; calls are measured in batches of their own number.</param>
/// <param name="Only">The one part to measure, or null for all.</param>
internal sealed record BenchOptions(bool Json, int Runs, string? Only = null)
{
    public const string Usage = "usage: drover bench [--json] [-- [--runs N] [--only calls|launch|checkpoint|restore|capabilities]]";

    private const int DefaultRuns = 30;

    public static bool TryParse(string[] arguments, out BenchOptions options)
    {
        options = new BenchOptions(false, DefaultRuns);
        for (int i = 0; i < arguments.Length; i++)
        {
            if (arguments[i] == "--json")
                options = options with { Json = true };
            else if (arguments[i] == "--runs" && i + 1 < arguments.Length && TryCount(arguments[++i], out int runs))
                options = options with { Runs = runs };
            else if (arguments[i] == "--only" && i + 1 < arguments.Length)
                options = options with { Only = arguments[++i] };
            else
                return false;
        }

        return true;
    }

    private static bool TryCount(string text, out int count) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count) && count > 0;
}
