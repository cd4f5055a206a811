using Drover.Cli.Pictures.Layout;

namespace Drover.Cli.Pictures.Wording;

/// <param name="Faint">Characters at the beginning that are the same in many lines.</param>
internal readonly record struct CardLine(string Text, TextStyle Style, int Faint = 0);
