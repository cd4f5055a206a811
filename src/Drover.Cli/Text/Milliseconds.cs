using System.Globalization;

namespace Drover.Cli.Text;

/// <summary>Times as people write them.</summary>
internal static class Milliseconds
{
    /// <summary>Reads "100ms", "2.5s", "10m" or "1h"; more than nothing.</summary>
    public static bool TryParse(string text, out double milliseconds)
    {
        int digits = text.TakeWhile(letter => char.IsAsciiDigit(letter) || letter == '.').Count();
        double unit = text[digits..] switch
        {
            "ms" => 1,
            "s" => 1000,
            "m" or "min" => 60 * 1000,
            "h" => 60 * 60 * 1000,
            _ => 0,
        };
        bool isNumber = double.TryParse(text.AsSpan(0, digits), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number);
        milliseconds = number * unit;
        return isNumber && milliseconds > 0 && double.IsFinite(milliseconds);
    }

    public static string Format(double milliseconds) =>
        milliseconds.ToString(milliseconds >= 100 ? "0" : "0.0", CultureInfo.InvariantCulture) + " ms";
}
