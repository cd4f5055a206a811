using System.Globalization;

namespace Drover.Cli.Text;

/// <summary>Numbers of bytes as people write them.</summary>
internal static class ByteCount
{
    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB"];

    /// <summary>Reads "4096", "512K", "64M" or "1G" (also with "B" or "iB" behind); the unit steps are of 1024.</summary>
    public static bool TryParse(string text, out ulong bytes)
    {
        bytes = 0;
        int digits = text.TakeWhile(char.IsAsciiDigit).Count();
        if (!ulong.TryParse(text.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture, out ulong number))
            return false;
        int shift = text[digits..].ToUpperInvariant() switch
        {
            "" or "B" => 0,
            "K" or "KB" or "KIB" => 10,
            "M" or "MB" or "MIB" => 20,
            "G" or "GB" or "GIB" => 30,
            "T" or "TB" or "TIB" => 40,
            _ => -1,
        };
        if (shift < 0 || number == 0 || number > ulong.MaxValue >> shift)
            return false;
        bytes = number << shift;
        return true;
    }

    /// <summary>Three significant digits and a unit, such as "18.4 MiB".</summary>
    public static string Format(ulong bytes)
    {
        double value = bytes;
        int unit = 0;
        while (value >= 1000 && unit < Units.Length - 1)
        {
            value /= 1024;
            unit++;
        }

        string number = unit == 0 || value >= 100
            ? value.ToString("0", CultureInfo.InvariantCulture)
            : value.ToString(value >= 10 ? "0.0" : "0.00", CultureInfo.InvariantCulture);
        return $"{number} {Units[unit]}";
    }
}
