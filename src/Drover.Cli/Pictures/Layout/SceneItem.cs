using Drover.Cli.Pictures.Model;

namespace Drover.Cli.Pictures.Layout;

/// <summary>Something to draw, at its place.</summary>
internal abstract record SceneItem;

/// <summary>Items that belong together, with what is shown when one points at them.</summary>
internal sealed record SceneGroup(string? Tooltip, IReadOnlyList<SceneItem> Items) : SceneItem;

/// <summary>A rounded rectangle.</summary>
internal sealed record SceneBox(Rect Area, BoxStyle Style, double RadiusPixels, ObjectFamily? Family = null) : SceneItem;

/// <summary>One line of text.</summary>
/// <param name="X">Its left or right end, by <paramref name="AtRight"/>.</param>
/// <param name="Baseline">y of the baseline.</param>
/// <param name="Within">The area that it must not leave.</param>
/// <param name="Faint">Characters at the beginning that are drawn fainter.</param>
internal sealed record SceneText(
    double X, double Baseline, string Content, TextStyle Style, Rect Within, bool AtRight = false, int Faint = 0) : SceneItem
{
    public double WidthPixels => TextMeasure.Width(Content, Style);

    /// <summary>The estimated extent, from the highest to the lowest letter.</summary>
    public Rect Extent
    {
        get
        {
            double height = TextStyles.SizePixels(Style);
            return new Rect(AtRight ? X - WidthPixels : X, Baseline - (0.8 * height), WidthPixels, height);
        }
    }
}

/// <summary>A straight arrow from left to right, or downwards.</summary>
internal sealed record SceneArrow(double FromX, double FromY, double ToX, double ToY, ObjectFamily? Family) : SceneItem;

/// <summary>The line between what is trusted and what is not.</summary>
internal sealed record SceneBoundary(double X, double FromY, double ToY) : SceneItem;

/// <summary>The sign of a family, so that colour is never the only difference; 12 by 12 pixels.</summary>
internal sealed record SceneSign(double X, double Y, ObjectFamily Family) : SceneItem;

/// <summary>A flag that points to the right, from before to after.</summary>
internal sealed record SceneFlag(Rect Area, CapabilityChange Change) : SceneItem
{
    public const double PointPixels = 9;
}
