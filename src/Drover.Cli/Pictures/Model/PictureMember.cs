using System.Diagnostics.CodeAnalysis;

namespace Drover.Cli.Pictures.Model;

/// <summary>One selector, in one report or in two.</summary>
/// <param name="Sides">What each report says of it, null where it has no such selector.</param>
internal sealed record PictureMember(uint Selector, IReadOnlyList<CapabilityEntry?> Sides)
{
    /// <summary>What became of it; null if there is one report only.</summary>
    public CapabilityChange? Change => Sides.Count < 2 ? null : Compare(Sides[0], Sides[1]);

    /// <summary>What it is called: before rather than after, since what became void has lost its name.</summary>
    public CapabilityEntry Named => Sides.FirstOrDefault(side => side?.Held is not null) ?? Sides.First(side => side is not null)!;

    private static CapabilityChange Compare(CapabilityEntry? before, CapabilityEntry? after)
    {
        if (!IsTaken(before))
            return IsTaken(after) ? CapabilityChange.Appeared : CapabilityChange.StaysVoid;
        if (!IsTaken(after))
            return CapabilityChange.Gone;
        if (after.Condition == CapabilityCondition.Void)
            return before.Condition == CapabilityCondition.Void ? CapabilityChange.StaysVoid : CapabilityChange.BecameVoid;
        if (before.Held!.Badge == after.Held!.Badge)
            return CapabilityChange.SameBadge;
        return before.Kind == after.Kind && before.Held.Label == after.Held.Label
            ? CapabilityChange.NewBadge
            : CapabilityChange.OtherObject;
    }

    private static bool IsTaken([NotNullWhen(true)] CapabilityEntry? entry) => entry?.Held is not null;
}
