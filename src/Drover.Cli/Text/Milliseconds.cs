using System.Globalization;

namespace Drover.Cli.Text;

internal static class Milliseconds
{
    public static string Format(double milliseconds) =>
        milliseconds.ToString(milliseconds >= 100 ? "0" : "0.0", CultureInfo.InvariantCulture) + " ms";
}
