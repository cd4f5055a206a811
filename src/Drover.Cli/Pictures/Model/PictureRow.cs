namespace Drover.Cli.Pictures.Model;

/// <summary>A row of the picture: one selector, or many that are alike in everything but their numbers.</summary>
/// <param name="Members">Ascending by label where all labels are numbers, else by selector; not empty.</param>
internal sealed record PictureRow(IReadOnlyList<PictureMember> Members)
{
    public bool IsGroup => Members.Count > 1;

    public CapabilityChange? Change => Members[0].Change;

    public uint FirstSelector { get; } = Members.Min(member => member.Selector);

    /// <summary>What a report says of the row's selectors; empty if it has none of them.</summary>
    public IReadOnlyList<CapabilityEntry> Side(int index) =>
        [.. Members.Select(member => member.Sides[index]).OfType<CapabilityEntry>()];
}
