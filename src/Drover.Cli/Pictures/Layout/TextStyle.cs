namespace Drover.Cli.Pictures.Layout;

/// <summary>How a text looks. The drawing has one rule of its style sheet for each.</summary>
internal enum TextStyle
{
    Title,
    Subtitle,
    Heading,
    Number,
    ColumnHead,
    CardTitle,

    /// <summary>What follows a card's title.</summary>
    CardLabel,
    Note,
    Pill,

    /// <summary>Badges and selectors: digits stand below digits.</summary>
    Mono,

    /// <summary>A badge that is not core's.</summary>
    MonoWrong,

    /// <summary>Where something is missing.</summary>
    Absent,
}
