namespace Drover.Bench.Plots;

/// <param name="Way">The line that it is a point of.</param>
/// <param name="At">Where it lies on the horizontal axis.</param>
/// <param name="Pauses">Their median is shown, and the smallest and the largest as a bar.</param>
internal readonly record struct PlotPoint(Way Way, double At, Measure Pauses);
