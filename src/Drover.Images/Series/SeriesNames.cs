using System.Globalization;

namespace Drover.Images.Series;

/// <summary>How the images of a series are named: by numbers that ascend.</summary>
internal static class SeriesNames
{
    /// <summary>Where older images are folded into one; no image of the series.</summary>
    public const string Folding = ".folding";

    private const int Digits = 8;

    public static string Of(long number) => number.ToString($"D{Digits}", CultureInfo.InvariantCulture);

    public static bool TryParse(string name, out long number)
    {
        number = 0;
        return name.Length >= Digits && long.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}
