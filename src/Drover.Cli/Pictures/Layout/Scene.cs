namespace Drover.Cli.Pictures.Layout;

/// <summary>Everything that is to be drawn, and where.</summary>
/// <param name="Title">Names the picture, for those who cannot see it.</param>
/// <param name="Description">Says what it shows.</param>
internal sealed record Scene(double Width, double Height, string Title, string Description, IReadOnlyList<SceneItem> Items)
{
    public Rect ViewBox => new(0, 0, Width, Height);
}
