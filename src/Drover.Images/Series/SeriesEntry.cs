namespace Drover.Images.Series;

/// <summary>One image of a series.</summary>
/// <param name="Directory">Absolute path.</param>
/// <param name="LengthBytes">Of all its files.</param>
/// <param name="IsComplete">Whether it builds upon no other.</param>
internal sealed record SeriesEntry(string Directory, long LengthBytes, bool IsComplete);
