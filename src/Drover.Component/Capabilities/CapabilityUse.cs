namespace Drover.Component.Capabilities;

/// <summary>How many capabilities a component holds, counted twice: by the map and by the owners themselves.</summary>
/// <param name="Selectors">Entries of the capability map.</param>
/// <param name="RecordedOwners">Owners according to the map.</param>
/// <param name="Deliveries">Deliveries according to the map, which are to be given back to core.</param>
/// <param name="OpenOwners">Owner objects that are neither disposed nor collected.</param>
public readonly record struct CapabilityUse(long Selectors, long RecordedOwners, long Deliveries, long OpenOwners);
