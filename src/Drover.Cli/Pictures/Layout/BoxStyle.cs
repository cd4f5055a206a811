namespace Drover.Cli.Pictures.Layout;

/// <summary>How a box looks. The drawing has one rule of its style sheet for each.</summary>
internal enum BoxStyle
{
    /// <summary>The protection domain: not trusted.</summary>
    Domain,

    /// <summary>Core: trusted.</summary>
    Core,

    /// <summary>One entry; with a family, in its colour.</summary>
    Card,

    /// <summary>The edge of a second card behind the first: there are many.</summary>
    CardBehind,

    /// <summary>A card in place of what is missing.</summary>
    CardAbsent,

    /// <summary>A card that disagrees with core.</summary>
    CardWrong,

    /// <summary>Remarks and counts.</summary>
    Strip,

    Pill,
    PillUntrusted,
    PillTrusted,
}
