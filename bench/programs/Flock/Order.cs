using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Flock;

/// <summary>What the program is to do.</summary>
/// <param name="Kind">Where its memory lies.</param>
/// <param name="Bytes">Of it.</param>
/// <param name="Percent">Of its pages that are written in each round.</param>
/// <param name="Every">From one round to the next.</param>
/// <param name="IsBusy">It computes between two rounds; otherwise it sleeps.</param>
/// <param name="IsOutside">It is a plain process, without Drover.</param>
internal sealed record Order(MemoryKind Kind, ulong Bytes, double Percent, TimeSpan Every, bool IsBusy, bool IsOutside)
{
    public const string Usage = """
        usage: Flock [outside] [busy] private|dataspace MIB PERCENT MS
          It has so much memory, of which it writes so many percent of the pages every MS milliseconds.
          busy      it computes in between, without a break, and says how long a fixed amount of work took
          outside   it runs without Drover (then the memory is private)
        """;

    public static bool TryParse(string[] arguments, [NotNullWhen(true)] out Order? order)
    {
        ReadOnlySpan<string> rest = arguments;
        bool outside = Skip(ref rest, "outside");
        bool busy = Skip(ref rest, "busy");
        order = null;
        if (rest is not [string kindText, string mebibytesText, string percentText, string everyText]
            || !Enum.TryParse(kindText, ignoreCase: true, out MemoryKind kind)
            || !ulong.TryParse(mebibytesText, CultureInfo.InvariantCulture, out ulong mebibytes)
            || !double.TryParse(percentText, CultureInfo.InvariantCulture, out double percent)
            || !double.TryParse(everyText, CultureInfo.InvariantCulture, out double every))
            return false;
        if (mebibytes is 0 or > 1 << 20 || percent is not (>= 0 and <= 100) || every is not (> 0 and <= 60_000) || (outside && kind == MemoryKind.Dataspace))
            return false;
        order = new Order(kind, mebibytes << 20, percent, TimeSpan.FromMilliseconds(every), busy, outside);
        return true;
    }

    private static bool Skip(ref ReadOnlySpan<string> rest, string word)
    {
        if (rest is not [string first, ..] || first != word)
            return false;
        rest = rest[1..];
        return true;
    }
}
