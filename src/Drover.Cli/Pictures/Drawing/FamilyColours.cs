namespace Drover.Cli.Pictures.Drawing;

/// <param name="Line">For strokes and signs: at least 3:1 against whatever it is drawn on.</param>
/// <param name="Tint">Behind text.</param>
internal sealed record FamilyColours(string Line, string Tint);
