using Drover.Cli.Pictures.Layout;
using Drover.Cli.Pictures.Model;
using Drover.Cli.Text;
using Drover.Node.Operations;

namespace Drover.Cli.Pictures.Wording;

/// <summary>The cards of one selector.</summary>
internal static class EntryWording
{
    public const int NodePartOfBadge = 8;

    /// <summary>Null if no pool entry names the selector.</summary>
    public static CardText? Pool(CapabilityEntry entry)
    {
        if (entry.Pool.Count == 0)
            return null;
        ObjectPoolEntryInfo shown = entry.Pool.FirstOrDefault(pool => !entry.Agrees(pool)) ?? entry.Pool[0];
        string note = entry.Pool.Count > 1 ? $"and {entry.Pool.Count - 1} more" : "";
        return new CardText(
            "label", Numbers.Text(shown.Label), note, [Badge(shown.Badge, entry.Agrees(shown))], State(entry.PoolAgrees));
    }

    /// <summary>Null if neither core nor the capability map knows of the selector.</summary>
    public static CardText Map(CapabilityEntry entry) => entry.Map is { } map
        ? new CardText(
            Numbers.Text(entry.Slot.Selector),
            "",
            Numbers.Count(map.Owners, "owner"),
            [Badge(map.Badge, entry.MapAgrees)],
            State(entry.MapAgrees))
        : new CardText(
            Numbers.Text(entry.Slot.Selector), "", "", [new CardLine("not in the map", TextStyle.Absent)], CardState.Absent);

    public static CardText Object(CapabilityEntry entry)
    {
        if (entry.Held is not { } held)
            return new CardText("empty slot", "", "", [new CardLine("core holds nothing here", TextStyle.Absent)], CardState.Absent);
        return entry.Condition == CapabilityCondition.Void
            ? new CardText("void", CleanText.Of(held.Label), "", [new CardLine("the object is gone", TextStyle.Absent)], CardState.Absent)
            : new CardText(CleanText.Of(held.Kind), Label(held), Details(entry.Slot.Object), [Badge(held.Badge, true)]);
    }

    /// <summary>"label 3" of a gate; of others what they are called, if that says more than the kind.</summary>
    public static string Label(CapabilityInfo held)
    {
        string label = CleanText.Of(held.Label);
        if (held.Kind == "Gate")
            return $"label {label}";
        return label.Equals(held.Kind, StringComparison.OrdinalIgnoreCase) ? "" : label;
    }

    /// <summary>What is particular about an object, in a few words; empty if nothing is.</summary>
    public static string Details(HeldObjectInfo? target) => target switch
    {
        { Entrypoint: { } entrypoint } => $"entrypoint {entrypoint}",
        { LengthBytes: { } length, ReadOnly: true } => $"{ByteCount.Format(length)}, read-only",
        { LengthBytes: { } length } => ByteCount.Format(length),
        { PendingSignals: > 0 and { } pending } => $"{pending} pending",
        { TimerPeriodMs: { } period } => $"every {Milliseconds.Format(period)}",
        { TimerRemainingMs: { } remaining } => $"in {Milliseconds.Format(remaining)}",
        _ => "",
    };

    public static CardLine Badge(ulong badge, bool agrees) => agrees
        ? new CardLine(Numbers.Badge(badge), TextStyle.Mono, NodePartOfBadge)
        : new CardLine($"\u2260 {Numbers.Badge(badge)}", TextStyle.MonoWrong);

    private static CardState State(bool agrees) => agrees ? CardState.Good : CardState.Wrong;
}
