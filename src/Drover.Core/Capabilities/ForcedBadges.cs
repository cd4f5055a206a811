namespace Drover.Core.Capabilities;

/// <summary>Gives chosen badges first, then goes on with another source: to make two nodes use the same badges.</summary>
public sealed class ForcedBadges(IEnumerable<Badge> first, IBadgeSource rest) : IBadgeSource
{
    private readonly Queue<Badge> _first = new(first);

    public Badge Next() => _first.TryDequeue(out Badge badge) ? badge : rest.Next();
}
