using Drover.Node.Operations;

namespace Drover.Scenarios;

/// <summary>S2: same selectors, corresponding objects, other badges.</summary>
public sealed class S2Identity
{
    [Fact]
    public async Task Every_capability_has_its_selector_and_kind_and_no_badge_of_the_other_node()
    {
        await using Ecus ecus = new();
        await ecus.A.RunSheepCounterAsync();
        await ecus.A.NextCountAsync();
        string image = ecus.NewImage();

        CheckpointReport before = await ecus.A.CheckpointAsync("SheepCounter", image);
        RestoreReport after = await ecus.B.RestoreAsync(image);
        await ecus.B.NextCountAsync();
        InspectReport live = await ecus.B.InspectAsync("SheepCounter");

        Assert.Equal(before.Capabilities.Select(Identity), after.Capabilities.Select(Identity));
        Assert.Contains(before.Capabilities, capability => capability.Kind == "Gate");
        Assert.Contains(before.Capabilities, capability => capability.Kind == "Timer");
        Assert.Contains(before.Capabilities, capability => capability.Kind == "SignalContext");
        Assert.Empty(before.Capabilities.Select(capability => capability.Badge).Intersect(after.Capabilities.Select(capability => capability.Badge)));
        Assert.All(live.Capabilities, slot => Assert.Equal(slot.Held?.Badge, slot.Map?.Badge));
        Assert.All(live.ObjectPool, entry => Assert.Equal(BadgeAt(live, entry.Selector), entry.Badge));
    }

    private static (uint Selector, string Kind, string Label) Identity(CapabilityInfo capability) =>
        (capability.Selector, capability.Kind, capability.Label);

    private static ulong? BadgeAt(InspectReport report, uint selector) =>
        report.Capabilities.Single(slot => slot.Selector == selector).Held?.Badge;
}
