namespace Drover.Cli.Pictures.Layout;

/// <summary>An area of the picture, in CSS pixels; y grows downwards.</summary>
internal readonly record struct Rect(double X, double Y, double Width, double Height)
{
    private const double Tolerance = 1e-6;

    public double Right => X + Width;

    public double Bottom => Y + Height;

    public double MiddleY => Y + (Height / 2);

    public Rect Inset(double margin) => new(X + margin, Y + margin, Width - (2 * margin), Height - (2 * margin));

    /// <summary>Sums of fractions are not exact: an edge counts as inside.</summary>
    public bool Contains(Rect other) => Inset(-Tolerance) is var area
        && other.X >= area.X && other.Y >= area.Y && other.Right <= area.Right && other.Bottom <= area.Bottom;

    public bool Overlaps(Rect other) =>
        other.X < Right && X < other.Right && other.Y < Bottom && Y < other.Bottom;
}
