using Drover.Core.Capabilities;
using Drover.Node;
using Drover.Node.Operations;

namespace Drover.Scenarios;

/// <summary>S5: the other node has given the same badges to other objects already.</summary>
public sealed class S5BadgesTaken
{
    [Fact]
    public async Task Nothing_is_misrouted_where_the_old_badges_name_other_objects()
    {
        await using Ecus ecus = new();
        await ecus.A.RunSheepCounterAsync();
        await ecus.A.NextCountAsync();
        string image = ecus.NewImage();
        CheckpointReport before = await ecus.A.CheckpointAsync("SheepCounter", image);
        ulong[] old = [.. before.Capabilities.Select(capability => capability.Badge)];
        // In another order, so that even a component of the same shape has other objects behind them.
        ILocalNode taken = ecus.Start("ecu-taken", new ForcedBadges(old.Reverse().Select(badge => new Badge(badge)), new NodeBadges()));
        await taken.RunAsync(new RunRequest { Program = Programs.SheepCounter, Name = "other", Arguments = ["50"] });
        await taken.NextCountAsync("other");
        InspectReport other = await taken.InspectAsync("other");
        Assert.NotEmpty(old.Intersect(other.Capabilities.Select(slot => slot.Held!.Badge)));
        // It offers the same service: it ends, but what it was given remains given.
        await taken.StopAsync("other");

        RestoreReport after = await taken.RestoreAsync(image);
        await taken.NextCountAsync();
        IReadOnlyList<string> inventory = await taken.RunToEndAsync(Programs.Examiner, "inventory");

        Assert.Empty(old.Intersect(after.Capabilities.Select(capability => capability.Badge)));
        Assert.Equal(["Dolly bleated 3 times", "Shaun bleated 3 times", "Shirley bleated 3 times", "Timmy bleated 3 times"], inventory.Skip(1));
    }

    [Fact]
    public async Task Restored_component_lives_beside_one_that_has_its_old_badges()
    {
        await using Ecus ecus = new();
        await ecus.A.RunSheepCounterAsync();
        await ecus.A.NextCountAsync();
        string image = ecus.NewImage();
        CheckpointReport before = await ecus.A.CheckpointAsync("SheepCounter", image);
        IEnumerable<Badge> old = before.Capabilities.Select(capability => new Badge(capability.Badge)).Reverse();
        ILocalNode taken = ecus.Start("ecu-taken", new ForcedBadges(old, new NodeBadges()));
        string greeting = ecus.NewFile("good morning");
        await taken.RunAsync(new RunRequest { Program = Programs.Examiner, Name = "other", Arguments = ["modules"], Roms = new Dictionary<string, string> { ["greeting"] = greeting } });
        await taken.WaitForLineAsync("other", line => line.StartsWith("tick 1:", StringComparison.Ordinal));

        await taken.RestoreAsync(image);
        IReadOnlyList<string> inventory = await taken.RunToEndAsync(Programs.Examiner, "inventory");
        LogEntry tick = await taken.WaitForLineAsync("other", line => line.StartsWith("tick", StringComparison.Ordinal), (await taken.LogAsync("other"))[^1].Sequence);

        Assert.Equal("Dolly bleated 3 times", inventory[1]);
        Assert.EndsWith("good morning True", tick.Text, StringComparison.Ordinal);
    }
}
