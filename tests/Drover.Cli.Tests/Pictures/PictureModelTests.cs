using Drover.Cli.Pictures.Model;
using Drover.Node.Operations;

namespace Drover.Cli.Tests.Pictures;

/// <summary>What is drawn: nothing is left out, nothing twice, and what happened is called by its name.</summary>
public sealed class PictureModelTests
{
    public static TheoryData<string> Names => SampleModels.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_selector_is_in_exactly_one_row(string name)
    {
        PictureModel model = SampleModels.Get(name);
        IEnumerable<uint> given = model.Sides
            .SelectMany(side => side.Report.Capabilities.Select(slot => slot.Selector).Concat(side.Report.ObjectPool.Select(pool => pool.Selector)))
            .Distinct();
        Assert.Equal(given.Order(), model.Members.Select(member => member.Selector).Order());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_pool_entry_is_with_the_selector_that_it_names(string name)
    {
        PictureModel model = SampleModels.Get(name);
        for (int side = 0; side < model.Sides.Count; side++)
        {
            IEnumerable<ObjectPoolEntryInfo> drawn = model.Rows.SelectMany(row => row.Side(side)).SelectMany(entry =>
            {
                Assert.All(entry.Pool, pool => Assert.Equal(entry.Slot.Selector, pool.Selector));
                return entry.Pool;
            });
            Assert.Equal(model.Sides[side].Report.ObjectPool.OrderBy(pool => pool.Label), drawn.OrderBy(pool => pool.Label));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void There_are_never_more_rows_than_one_looks_through(string name) =>
        Assert.InRange(SampleModels.Get(name).Rows.Count, 0, 60);

    [Theory]
    [MemberData(nameof(Names))]
    public void What_shares_a_row_is_alike(string name)
    {
        PictureModel model = SampleModels.Get(name);
        Assert.All(model.Rows, row => Assert.Single(row.Members.Select(member => member.Change).Distinct()));
        for (int side = 0; side < model.Sides.Count; side++)
            Assert.All(model.Rows, row => Assert.InRange(row.Side(side).Select(entry => (entry.Kind, entry.Condition)).Distinct().Count(), 0, 1));
    }

    [Fact]
    public void Forty_have_a_row_each_and_a_thousand_are_grouped_by_ranges_of_labels()
    {
        Assert.All(SampleModels.Get("40").Rows, row => Assert.False(row.IsGroup));
        PictureModel model = SampleModels.Get("1000");
        Assert.Equal(
            [98, 100, 100, 100, 100, 100, 100, 100, 100, 91],
            model.Rows.Where(row => row.IsGroup).Select(row => row.Members.Count));
        PictureRow second = model.Rows.Where(row => row.IsGroup).ElementAt(1);
        Assert.Equal(("100", "199"), (second.Members[0].Named.Held!.Label, second.Members[^1].Named.Held!.Label));
    }

    [Fact]
    public void A_restore_gives_new_badges_and_says_what_became_void()
    {
        InspectReport before = SampleReports.Of(12);
        PictureModel model = PictureModel.Of(before, SampleReports.Restored(before, 20));
        Assert.All(
            model.Members,
            member => Assert.Equal(member.Selector == 20 ? CapabilityChange.BecameVoid : CapabilityChange.NewBadge, member.Change));
        Assert.All(model.Members, member => Assert.Equal(
            member.Selector == 20 ? CapabilityCondition.Void : CapabilityCondition.Agrees, member.Sides[1]!.Condition));
    }

    [Fact]
    public void What_came_went_stayed_or_is_another_is_told_apart()
    {
        InspectReport before = SampleReports.Of(12);
        InspectReport after = before with
        {
            Capabilities =
            [
                .. before.Capabilities.Skip(1).Select(slot => slot.Selector == 2
                    ? slot with { Held = slot.Held! with { Label = "other", Badge = 77 } }
                    : slot),
                new CapabilitySlotInfo(900, new CapabilityInfo("Gate", "9", 900, 5), null),
            ],
        };
        Dictionary<uint, CapabilityChange?> changes = PictureModel.Of(before, after).Members.ToDictionary(member => member.Selector, member => member.Change);
        Assert.Equal(CapabilityChange.Gone, changes[1]);
        Assert.Equal(CapabilityChange.OtherObject, changes[2]);
        Assert.Equal(CapabilityChange.SameBadge, changes[3]);
        Assert.Equal(CapabilityChange.Appeared, changes[900]);
    }

    [Fact]
    public void A_table_that_is_not_as_core_has_it_is_told_entry_by_entry()
    {
        CapabilityInfo gate = new("Gate", "3", 9, 100);
        CapabilityMapEntryInfo right = new(100, 1, 1);
        CapabilityCondition Condition(CapabilityInfo? held, CapabilityMapEntryInfo? map, params ObjectPoolEntryInfo[] pool) =>
            new CapabilityEntry(new CapabilitySlotInfo(9, held, map), pool).Condition;

        Assert.Equal(CapabilityCondition.Agrees, Condition(gate, right, new ObjectPoolEntryInfo(3, 100, 9)));
        Assert.Equal(CapabilityCondition.Differs, Condition(gate, right with { Badge = 101 }));
        Assert.Equal(CapabilityCondition.Differs, Condition(gate, right, new ObjectPoolEntryInfo(3, 101, 9)));
        Assert.Equal(CapabilityCondition.Differs, Condition(gate, right, new ObjectPoolEntryInfo(4, 100, 9)));
        Assert.Equal(CapabilityCondition.Differs, Condition(gate with { Kind = "LOG" }, right, new ObjectPoolEntryInfo(3, 100, 9)));
        Assert.Equal(CapabilityCondition.NotNoted, Condition(gate, null));
        Assert.Equal(CapabilityCondition.Empty, Condition(null, right));
        Assert.Equal(CapabilityCondition.Void, Condition(gate with { Kind = "Revoked" }, right));
    }
}
