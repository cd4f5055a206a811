using Drover.Contracts.Abi;
using Drover.Monitor.Tables;
using FsCheck;
using FsCheck.Fluent;

namespace Drover.Monitor.Tests.Tables;

public sealed class RelocationTests
{
    [Fact]
    public void Every_held_capability_and_every_served_object_gets_its_new_badge_and_the_epoch_rises()
    {
        TableModel model = new TableModel().Hold(1, 0x11, 0xA1).Hold(900_000, 0x12, 0xA2).Hold(7, 0x13, 0xA3).Serve(42, 7, 0x13, 0xA3);
        TableCopy tables = model.Copy();

        TableRelocation.Relocate(tables, model.Held, model.Gates);

        Assert.Equal(0xA1ul, tables.ReadUInt64(TableModel.MapEntry(1)));
        Assert.Equal(0xA2ul, tables.ReadUInt64(TableModel.MapEntry(900_000)));
        Assert.Equal(0xA3ul, tables.ReadUInt64(TableModel.PoolEntry(42)));
        Assert.Equal(1ul, tables.ReadUInt64(TableLayout.EpochOffset));
    }

    [Fact]
    public void Half_written_entry_gets_its_badge_and_stays_to_be_finished_by_its_thread()
    {
        TableModel model = new TableModel().Hold(5, 0x11, 0xA1, valid: false);
        TableCopy tables = model.Copy();

        TableRelocation.Relocate(tables, model.Held, model.Gates);

        Assert.Equal(0xA1ul, tables.ReadUInt64(TableModel.MapEntry(5)));
        Assert.Equal(TableLayout.StateFree, tables.ReadUInt32(TableModel.MapEntry(5) + TableLayout.MapStateOffset));
    }

    [Fact]
    public void Relocating_twice_with_swapped_badges_gives_back_all_but_the_epoch()
    {
        Prop.ForAll(
            Gen.Choose(1, TableLayout.Capacity - 1).ListOf().ToArbitrary(),
            selectors =>
            {
                TableModel model = new();
                foreach (int selector in selectors.Distinct())
                    model.Hold((uint)selector, 0x1000ul + (uint)selector, 0x5_0000_0000ul + (uint)selector);
                TableCopy tables = model.Copy();
                TableRelocation.Relocate(tables, model.Held, model.Gates);
                TableRelocation.Relocate(tables, [.. model.Held.Select(Swap)], []);
                return model.Held.All(held => tables.ReadUInt64(TableModel.MapEntry(held.Selector)) == held.OldBadge)
                    && tables.ReadUInt64(TableLayout.EpochOffset) == 2;
            }).QuickCheckThrowOnFailure();

        static HeldCapability Swap(HeldCapability held) => held with { OldBadge = held.NewBadge, NewBadge = held.OldBadge };
    }

    [Theory]
    [InlineData(TableLayout.MagicOffset, "header magic")]
    [InlineData(TableLayout.VersionOffset, "header version")]
    [InlineData(TableLayout.HeaderBytesOffset, "header length")]
    [InlineData(TableLayout.MapOffsetOffset, "capability map offset")]
    [InlineData(TableLayout.MapCapacityOffset, "capability map capacity")]
    [InlineData(TableLayout.MapEntryBytesOffset, "capability map entry length")]
    [InlineData(TableLayout.PoolOffsetOffset, "object pool offset")]
    [InlineData(TableLayout.PoolCapacityOffset, "object pool capacity")]
    [InlineData(TableLayout.PoolEntryBytesOffset, "object pool entry length")]
    public void Header_field_that_is_off_is_refused_by_name(int offset, string where)
    {
        TableModel model = new TableModel().Hold(1, 0x11, 0xA1);
        model.WriteUInt32(offset, 0xFFFF_FFF0);

        Assert.Equal(where, Refusal(model).Where);
    }

    [Fact]
    public void Valid_entry_for_a_selector_that_is_not_held_is_refused()
    {
        TableModel model = new TableModel().Hold(17, 0x11, 0xA1);
        model.Held.Clear();

        Assert.Equal("capability map entry 17", Refusal(model).Where);
    }

    [Fact]
    public void Entry_with_a_badge_that_core_never_gave_is_refused()
    {
        TableModel model = new TableModel().Hold(17, 0x11, 0xA1);
        model.WriteUInt64(TableModel.MapEntry(17), 0x99);

        Assert.Equal("capability map entry 17, badge", Refusal(model).Where);
    }

    [Fact]
    public void More_deliveries_than_core_made_are_refused()
    {
        TableModel model = new TableModel().Hold(17, 0x11, 0xA1, deliveries: 2);
        model.Held[0] = model.Held[0] with { Deliveries = 1 };

        Assert.Equal("capability map entry 17, deliveries", Refusal(model).Where);
    }

    [Fact]
    public void State_that_does_not_exist_is_refused()
    {
        TableModel model = new TableModel().Hold(17, 0x11, 0xA1);
        model.WriteUInt32(TableModel.MapEntry(17) + TableLayout.MapStateOffset, 2);

        Assert.Equal("capability map entry 17, state", Refusal(model).Where);
    }

    [Fact]
    public void Object_pool_entries_that_disagree_with_the_gates_are_refused()
    {
        TableModel noGate = new TableModel().Hold(3, 1, 2).Serve(8, 3, 1, 2);
        noGate.Gates.Clear();
        TableModel wrongBadge = new TableModel().Hold(3, 1, 2).Serve(8, 3, 1, 2);
        wrongBadge.WriteUInt64(TableModel.PoolEntry(8), 77);
        TableModel wrongSelector = new TableModel().Hold(3, 1, 2).Serve(8, 3, 1, 2);
        wrongSelector.WriteUInt32(TableModel.PoolEntry(8) + TableLayout.PoolSelectorOffset, 4);
        TableModel twice = new TableModel().Hold(3, 1, 2).Serve(8, 3, 1, 2);
        twice.Gates.Add(twice.Gates[0]);

        Assert.Equal("object pool entry 8", Refusal(noGate).Where);
        Assert.Equal("object pool entry 8, badge", Refusal(wrongBadge).Where);
        Assert.Equal("object pool entry 8, selector", Refusal(wrongSelector).Where);
        Assert.Equal("gates labelled 8", Refusal(twice).Where);
    }

    [Fact]
    public void Random_damage_is_either_refused_by_name_or_leaves_badges_as_core_knows_them()
    {
        Prop.ForAll(
            Gen.Choose(0, (TableCopy.PageBytes * 2) - 4).Zip(Gen.Choose(int.MinValue, int.MaxValue)).ToArbitrary(),
            damage =>
            {
                TableModel model = new TableModel().Hold(1, 0x11, 0xA1).Hold(2, 0x12, 0xA2).Serve(0, 2, 0x12, 0xA2);
                model.WriteUInt32(damage.Item1 & ~3, (uint)damage.Item2);
                TableCopy tables = model.Copy();
                try
                {
                    TableRelocation.Relocate(tables, model.Held, model.Gates);
                }
                catch (TableFormatException)
                {
                    return true;
                }

                return tables.ReadUInt64(TableModel.MapEntry(1)) == 0xA1 && tables.ReadUInt64(TableModel.MapEntry(2)) == 0xA2;
            }).QuickCheckThrowOnFailure();
    }

    private static TableFormatException Refusal(TableModel model)
    {
        TableCopy tables = model.Copy();
        return Assert.Throws<TableFormatException>(() => TableRelocation.Relocate(tables, model.Held, model.Gates));
    }
}
