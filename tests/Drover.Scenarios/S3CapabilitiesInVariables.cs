using System.Text.RegularExpressions;

namespace Drover.Scenarios;

/// <summary>S3: capabilities in variables can be invoked after a restore, and are counted right.</summary>
public sealed partial class S3CapabilitiesInVariables
{
    [Fact]
    public async Task Capabilities_in_collections_and_duplicates_are_invoked_and_their_owners_agree_with_the_map()
    {
        await using Ecus ecus = new();
        await ecus.A.RunSheepCounterAsync();
        await ecus.A.NextCountAsync();
        IReadOnlyList<string> before = await ecus.A.RunToEndAsync(Programs.Examiner, "inventory");
        string image = ecus.NewImage();

        await ecus.A.CheckpointAsync("SheepCounter", image);
        await ecus.B.RestoreAsync(image);
        IReadOnlyList<string> after = await ecus.B.RunToEndAsync(Programs.Examiner, "inventory");

        AssertCountsAgree(before[0]);
        AssertCountsAgree(after[0]);
        // Each sheep was called twice by the inventory and once by name, before and after.
        Assert.Equal(["Dolly bleated 3 times", "Shaun bleated 3 times", "Shirley bleated 3 times", "Timmy bleated 3 times"], before.Skip(1));
        Assert.Equal(["Dolly bleated 6 times", "Shaun bleated 6 times", "Shirley bleated 6 times", "Timmy bleated 6 times"], after.Skip(1));
    }

    [Fact]
    public async Task Capability_that_is_delegated_comes_back_at_the_slot_it_has()
    {
        await using Ecus ecus = new();
        await ecus.A.RunSheepCounterAsync();
        await ecus.A.NextCountAsync();
        string image = ecus.NewImage();
        await ecus.A.CheckpointAsync("SheepCounter", image);
        await ecus.B.RestoreAsync(image);

        IReadOnlyList<string> brought = await ecus.B.RunToEndAsync(Programs.Examiner, "bring");

        Assert.Equal(["brought 1", "Stray came back"], brought);
    }

    private static void AssertCountsAgree(string line)
    {
        Match counts = Inventory().Match(line);
        Assert.True(counts.Success, line);
        Assert.Equal(counts.Groups["open"].Value, counts.Groups["recorded"].Value);
        Assert.Equal("8", counts.Groups["called"].Value);
    }

    [GeneratedRegex("^selectors (?<selectors>[0-9]+), owners (?<recorded>[0-9]+) of (?<open>[0-9]+), called (?<called>[0-9]+)$")]
    private static partial Regex Inventory();
}
