using System.Globalization;
using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Legends;
using OxyPlot.Series;

namespace Drover.Bench.Plots;

/// <summary>Draws pauses. The colours can be seen on white and on black.</summary>
internal static class PausePlot
{
    private const double Width = 760;
    private const double Height = 440;
    private const double TextSize = 13;
    private const double ItemDistance = 24;
    private const double TitleDistance = 12;
    // Texts are measured too narrow, and the legend would cut them off.
    private static readonly string s_margin = new('\u00a0', 8);
    private static readonly OxyColor s_neutral = OxyColor.FromRgb(0x80, 0x80, 0x80);
    private static readonly OxyColor s_grid = OxyColor.FromArgb(0x50, 0x80, 0x80, 0x80);
    private static readonly (Way Way, OxyColor Colour, MarkerType Marker)[] s_lines =
    [
        (Way.Fork, OxyColor.FromRgb(0x3B, 0x82, 0xF6), MarkerType.Circle),
        (Way.PreCopy, OxyColor.FromRgb(0xE0, 0x7B, 0x39), MarkerType.Square),
        (Way.Delta, OxyColor.FromRgb(0x2F, 0x9E, 0x66), MarkerType.Diamond),
    ];

    public static string TitleOf(Way way) => way switch
    {
        Way.Fork => "complete image by fork",
        Way.PreCopy => "complete image by pre-copy",
        _ => "delta image",
    };

    /// <param name="file">Replaced if it is there.</param>
    /// <param name="horizontal">Title of the horizontal axis, with its unit.</param>
    /// <param name="points">Of all lines.</param>
    public static void Write(string file, string horizontal, IReadOnlyList<PlotPoint> points)
    {
        PlotModel model = new()
        {
            Background = OxyColors.Transparent,
            TextColor = s_neutral,
            PlotAreaBorderColor = s_neutral,
            DefaultFontSize = TextSize,
            // One whose widths are known when the drawing is laid out.
            DefaultFont = "Arial",
        };
        model.Legends.Add(new Legend
        {
            LegendPlacement = LegendPlacement.Outside,
            LegendPosition = LegendPosition.TopCenter,
            LegendOrientation = LegendOrientation.Horizontal,
            LegendTextColor = s_neutral,
            LegendFontSize = TextSize,
            LegendItemSpacing = ItemDistance,
        });
        double[] places = [.. points.Select(point => point.At).Distinct().Order()];
        model.Axes.Add(PlacesOf(horizontal, places));
        model.Axes.Add(PausesOf([.. points.SelectMany(point => point.Pauses.Figures)]));
        foreach ((Way way, OxyColor colour, MarkerType marker) in s_lines)
            AddLine(model, [.. points.Where(point => point.Way == way)], places, way, colour, marker);
        using FileStream stream = File.Create(file);
        new SvgExporter { Width = Width, Height = Height, IsDocument = true, UseVerticalTextAlignmentWorkaround = true }.Export(model, stream);
    }

    private static void AddLine(PlotModel model, IReadOnlyList<PlotPoint> points, double[] places, Way way, OxyColor colour, MarkerType marker)
    {
        LineSeries line = new() { Title = TitleOf(way) + s_margin, Color = colour, MarkerType = marker, MarkerFill = colour, MarkerSize = 4, StrokeThickness = 2 };
        foreach (PlotPoint point in points)
        {
            int place = Array.IndexOf(places, point.At);
            line.Points.Add(new DataPoint(place, point.Pauses.Median));
            LineSeries bar = new() { Color = OxyColor.FromAColor(0x90, colour), StrokeThickness = 1.5 };
            bar.Points.Add(new DataPoint(place, point.Pauses.Figures.Min()));
            bar.Points.Add(new DataPoint(place, point.Pauses.Figures.Max()));
            model.Series.Add(bar);
        }

        model.Series.Add(line);
    }

    /// <summary>Each about twice the one before, so they have equal distances.</summary>
    private static LinearAxis PlacesOf(string title, double[] places) => new()
    {
        Position = AxisPosition.Bottom,
        Title = title,
        Minimum = -0.3,
        Maximum = places.Length - 0.7,
        MajorStep = 1,
        MinorTickSize = 0,
        LabelFormatter = place => places.ElementAtOrDefault((int)Math.Round(place)).ToString(CultureInfo.InvariantCulture),
        AxisTitleDistance = TitleDistance,
        TicklineColor = s_neutral,
    };

    private static LogarithmicAxis PausesOf(double[] pauses) => new()
    {
        Position = AxisPosition.Left,
        Title = "Pause: median, smallest, largest (ms)",
        Minimum = pauses.Min() / 1.3,
        Maximum = pauses.Max() * 1.3,
        StringFormat = "0.###",
        AxisTitleDistance = TitleDistance,
        TicklineColor = s_neutral,
        MajorGridlineStyle = LineStyle.Solid,
        MajorGridlineColor = s_grid,
    };
}
