namespace Drover.Cli.Pictures.Layout;

/// <summary>Distances and extents, in pixels.</summary>
internal sealed record Metrics(double ObjectWidth)
{
    public const double Margin = 28;
    public const double RowHeight = 42;
    public const double GroupHeight = 58;
    public const double RowGap = 10;
    public const double CardWidth = 138;
    public const double SlotWidth = 56;
    public const double ArrowSpace = 22;
    public const double Padding = 14;
    public const double BoundarySpace = 36;
    public const double ChangeWidth = 104;

    /// <summary>Above a panel's boxes: where the component was seen.</summary>
    public const double OriginHeight = 50;

    /// <summary>From the top of a box to its first row.</summary>
    public const double BoxHeadHeight = 130;

    public const double CardPadding = 9;

    public static Metrics ForOne { get; } = new(330.0);

    public static Metrics ForTwo { get; } = new(220.0);

    public static double DomainWidth => (2 * Padding) + (2 * CardWidth) + ArrowSpace;

    public double CoreWidth => (2 * Padding) + SlotWidth + ArrowSpace + ObjectWidth;

    public double PanelWidth => DomainWidth + BoundarySpace + CoreWidth;
}
