using Drover.Cli.Pictures.Model;

namespace Drover.Cli.Pictures.Drawing;

/// <summary>
/// The colours for a light or a dark background. The hues are those of Okabe and Ito, which people with any kind of
/// colour blindness tell apart; each family also has a sign and each card says its kind.
/// </summary>
internal sealed record Palette
{
    public required string Paper { get; init; }

    public required string Ink { get; init; }

    public required string FaintInk { get; init; }

    public required string Domain { get; init; }

    public required string Core { get; init; }

    public required string Card { get; init; }

    public required string Edge { get; init; }

    public required FamilyColours Wrong { get; init; }

    /// <summary>For badges that are not core's.</summary>
    public required string WrongInk { get; init; }

    public required FamilyColours New { get; init; }

    public required IReadOnlyDictionary<ObjectFamily, FamilyColours> Families { get; init; }

    public static Palette Light { get; } = new()
    {
        Paper = "#ffffff",
        Ink = "#1b1f24",
        FaintInk = "#59636e",
        Domain = "#f6f4ee",
        Core = "#eef3f8",
        Card = "#ffffff",
        Edge = "#c4ccd4",
        Wrong = new FamilyColours("#b3261e", "#fdecea"),
        WrongInk = "#a3170f",
        New = new FamilyColours("#00795a", "#e3f5ee"),
        Families = new Dictionary<ObjectFamily, FamilyColours>
        {
            [ObjectFamily.Gate] = new("#b45f00", "#fff4e2"),
            [ObjectFamily.CoreSession] = new("#0067a8", "#e8f3fb"),
            [ObjectFamily.ForeignSession] = new("#a8447c", "#fbedf5"),
            [ObjectFamily.Memory] = new("#00795a", "#e3f5ee"),
            [ObjectFamily.Signal] = new("#6a51a3", "#f1edfa"),
            [ObjectFamily.Other] = new("#59636e", "#f0f2f4"),
            [ObjectFamily.Void] = new("#b3261e", "#fdecea"),
        },
    };

    public static Palette Dark { get; } = new()
    {
        Paper = "#0f1317",
        Ink = "#eceff2",
        FaintInk = "#a9b3bd",
        Domain = "#1c1a15",
        Core = "#141b23",
        Card = "#21272e",
        Edge = "#434c56",
        Wrong = new FamilyColours("#ff8a80", "#3d1613"),
        WrongInk = "#ffb4ac",
        New = new FamilyColours("#3fc79a", "#0e2f25"),
        Families = new Dictionary<ObjectFamily, FamilyColours>
        {
            [ObjectFamily.Gate] = new("#f0a030", "#33240d"),
            [ObjectFamily.CoreSession] = new("#5ab4f0", "#10283a"),
            [ObjectFamily.ForeignSession] = new("#e590bf", "#391a2b"),
            [ObjectFamily.Memory] = new("#3fc79a", "#0e2f25"),
            [ObjectFamily.Signal] = new("#b39ddb", "#261d3b"),
            [ObjectFamily.Other] = new("#a9b3bd", "#272d34"),
            [ObjectFamily.Void] = new("#ff8a80", "#3d1613"),
        },
    };

    public FamilyColours Of(ObjectFamily family) => Families[family];
}
