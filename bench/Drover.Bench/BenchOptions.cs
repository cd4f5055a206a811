using System.Globalization;

namespace Drover.Bench;

/// <summary>How the benchmark is asked to run.</summary>
/// <param name="Json">Print one JSON array and nothing else.</param>
/// <param name="Runs">Of each measure of a whole component; calls are measured in batches of their own number.</param>
internal sealed record BenchOptions(bool Json, int Runs)
{
    public const string Usage = "usage: drover bench [--json] [-- --runs N]";

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
            else
                return false;
        }

        return true;
    }

    private static bool TryCount(string text, out int count) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count) && count > 0;
}
