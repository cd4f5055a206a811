using Drover.Node.Operations;

namespace Drover.Cli.Pictures.Model;

/// <summary>One component at one moment, apart from its capabilities.</summary>
internal sealed record PictureSide(InspectReport Report)
{
    /// <summary>Where it was seen. An image is named by its own directory: the path to it says where somebody works.</summary>
    public string Origin => Report.Image is { } image
        ? $"image {Path.GetFileName(Path.TrimEndingDirectorySeparator(image.Path))}, made on {Report.Node}"
        : $"running on {Report.Node}";

    public ulong Owners { get; } =
        Report.Capabilities.Aggregate(0UL, (sum, slot) => sum + (slot.Map?.Owners ?? 0));

    public int Held { get; } = Report.Capabilities.Count(slot => slot.Held is not null);

    public int Noted { get; } = Report.Capabilities.Count(slot => slot.Map is not null);
}
