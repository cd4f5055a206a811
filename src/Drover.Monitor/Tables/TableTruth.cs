using Drover.Images.State;

namespace Drover.Monitor.Tables;

/// <summary>What core says of a domain, as far as the tables must agree with it.</summary>
internal sealed record TableTruth(IReadOnlyList<HeldCapability> Held, IReadOnlyList<OwnedGate> Gates)
{
    /// <param name="newBadge">Gives for each old badge the one to write; itself if nothing is to change.</param>
    public static TableTruth Of(DomainState domain, Func<ulong, ulong> newBadge)
    {
        Dictionary<ObjectId, uint> selectors = [];
        foreach (CapabilityState held in domain.Capabilities)
            selectors.TryAdd(held.Object, held.Selector);
        return new TableTruth(
            [
                .. domain.Capabilities.Select(held =>
                    new HeldCapability(held.Selector, checked((uint)held.Deliveries), held.Badge, newBadge(held.Badge))),
            ],
            [
                .. domain.Objects.Where(entry => entry.Gate is not null).Select(entry =>
                    new OwnedGate(entry.Gate!.Label, selectors.GetValueOrDefault(entry.Id), entry.Badge, newBadge(entry.Badge))),
            ]);
    }
}
