using System.Text;

namespace Drover.Platform.Faults;

/// <summary>Names such as "restore:fill-pages".</summary>
public static class FaultPointNames
{
    private static readonly Dictionary<string, FaultPoint> s_points =
        Enum.GetValues<FaultPoint>().ToDictionary(Of, StringComparer.Ordinal);

    /// <summary>All of them, in the order of the steps.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Enum.GetValues<FaultPoint>().Select(Of)];

    public static string Of(FaultPoint point)
    {
        StringBuilder name = new();
        int words = 0;
        foreach (char letter in point.ToString())
        {
            if (char.IsAsciiLetterUpper(letter) && words++ > 0)
                name.Append(words == 2 ? ':' : '-');
            name.Append(char.ToLowerInvariant(letter));
        }

        return name.ToString();
    }

    public static bool TryParse(string name, out FaultPoint point) => s_points.TryGetValue(name, out point);
}
