namespace Drover.Monitor.Tables;

/// <summary>One slot of the capability space: what core knows, against which the component's map is held.</summary>
/// <param name="Selector">The slot.</param>
/// <param name="Deliveries">How often core delivered it and did not get it back.</param>
/// <param name="OldBadge">The badge on the node where the tables were written.</param>
/// <param name="NewBadge">The badge on this node; the old one if nothing is to change.</param>
internal readonly record struct HeldCapability(uint Selector, uint Deliveries, ulong OldBadge, ulong NewBadge);

/// <summary>One gate that the component owns.</summary>
/// <param name="Label">Its slot of the object pool.</param>
/// <param name="Selector">Where the component holds the gate's capability, or 0 if it gave it back.</param>
internal readonly record struct OwnedGate(ulong Label, uint Selector, ulong OldBadge, ulong NewBadge);
