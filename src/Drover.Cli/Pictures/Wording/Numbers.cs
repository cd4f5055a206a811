using System.Globalization;

namespace Drover.Cli.Pictures.Wording;

/// <summary>Numbers, ranges and counts in words.</summary>
internal static class Numbers
{
    public static string Text(ulong number) => number.ToString(CultureInfo.InvariantCulture);

    public static string Badge(ulong badge) => $"{badge:x16}";

    /// <summary>"1 owner", "3 owners".</summary>
    public static string Count(ulong number, string noun) => number == 1 ? $"1 {noun}" : $"{Text(number)} {Plural(noun)}";

    /// <summary>"2–99", or "7" if all are the same.</summary>
    public static string Range(IEnumerable<ulong> numbers)
    {
        (ulong lowest, ulong highest) = Ends(numbers);
        return lowest == highest ? Text(lowest) : $"{Text(lowest)}\u2013{Text(highest)}";
    }

    /// <summary>The first of them, and the last: "18, 19, 20 … 117".</summary>
    public static string Examples(IReadOnlyList<ulong> numbers)
    {
        const int shown = 2;
        return numbers.Count <= shown + 1
            ? string.Join(", ", numbers.Select(Text))
            : $"{string.Join(", ", numbers.Take(shown).Select(Text))} \u2026 {Text(numbers[^1])}";
    }

    public static (ulong Lowest, ulong Highest) Ends(IEnumerable<ulong> numbers) =>
        numbers.Aggregate((Lowest: ulong.MaxValue, Highest: ulong.MinValue), (ends, number) => (Math.Min(ends.Lowest, number), Math.Max(ends.Highest, number)));

    private static string Plural(string noun) => noun.EndsWith('y') ? noun[..^1] + "ies" : noun + "s";
}
