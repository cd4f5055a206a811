using System.Globalization;
using Drover.Node.Operations;

namespace Drover.Cli.Pictures.Model;

/// <summary>Everything that one report says of one selector.</summary>
/// <param name="Pool">The object-pool entries that name the selector; one in a component that means well.</param>
internal sealed record CapabilityEntry(CapabilitySlotInfo Slot, IReadOnlyList<ObjectPoolEntryInfo> Pool)
{
    public CapabilityInfo? Held => Slot.Held;

    public CapabilityMapEntryInfo? Map => Slot.Map;

    /// <summary>The kind's name; null if core holds nothing there.</summary>
    public string? Kind => Held?.Kind;

    public ObjectFamily Family => Kind is { } kind ? ObjectFamilies.Of(kind) : ObjectFamily.Void;

    public bool MapAgrees => Map is { } map && Held is { } held && map.Badge == held.Badge;

    public bool PoolAgrees => Pool.All(Agrees);

    public CapabilityCondition Condition => this switch
    {
        { Held: null } => CapabilityCondition.Empty,
        { Held.Kind: ObjectFamilies.VoidKind } => CapabilityCondition.Void,
        { Map: null, PoolAgrees: true } => CapabilityCondition.NotNoted,
        { Map: not null, MapAgrees: false } or { PoolAgrees: false } => CapabilityCondition.Differs,
        _ => CapabilityCondition.Agrees,
    };

    /// <summary>A pool entry is right if it has the badge and the label of the gate that its selector leads to; of one
    /// that is gone, nobody knows the label any more.</summary>
    public bool Agrees(ObjectPoolEntryInfo entry) =>
        Held is { } held
        && held.Badge == entry.Badge
        && (held.Kind == ObjectFamilies.VoidKind
            || (held.Kind == "Gate" && held.Label == entry.Label.ToString(CultureInfo.InvariantCulture)));
}
