namespace Drover.Cli.Pictures.Wording;

/// <summary>What stands on a card.</summary>
/// <param name="Title">First line, at the left.</param>
/// <param name="Label">Behind the title, not bold.</param>
/// <param name="Note">First line, at the right, if there is room.</param>
/// <param name="Lines">Below.</param>
internal sealed record CardText(string Title, string Label, string Note, IReadOnlyList<CardLine> Lines, CardState State = CardState.Good);
