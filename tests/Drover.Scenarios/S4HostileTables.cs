using Drover.Node.Operations;

namespace Drover.Scenarios;

/// <summary>A component that damages its own tables cannot be checkpointed, is told why, and harms nobody.</summary>
public sealed class S4HostileTables
{
    public static TheoryData<string, int, int, string, string> Damages => new()
    {
        { "header", 0, 0, "1234", "header magic" },
        { "header", 0, 8, "2", "header version" },
        { "header", 0, 24, "4294967295", "capability map capacity" },
        { "header", 0, 32, "4096", "object pool offset" },
        { "map", 1, 0, "1", "capability map entry 1, badge" },
        { "map", 1, 12, "4294967295", "capability map entry 1, deliveries" },
        { "map", 1048575, 16, "1", "capability map entry 1048575" },
        { "map", 77, 16, "3", "capability map entry 77, state" },
        { "pool", 9, 12, "1", "object pool entry 9" },
    };

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task Damaged_table_fails_the_checkpoint_by_name_and_the_component_runs_on(
        string table, int index, int offset, string value, string where)
    {
        await using Ecus ecus = new();
        await ecus.A.RunAsync(new RunRequest { Program = Programs.Examiner, Arguments = ["damage", table, $"{index}", $"{offset}", value] }, Ecus.Soon);
        await ecus.A.WaitForLineAsync("Examiner", line => line == "damaged");
        string image = ecus.NewImage();

        NodeOperationException refusal = await Assert.ThrowsAsync<NodeOperationException>(() => ecus.A.CheckpointAsync("Examiner", image));

        Assert.Equal(NodeErrorCode.NotCheckpointable, refusal.Code);
        Assert.Contains(where, refusal.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(image));
        Assert.Equal(ComponentState.Running, (await ecus.A.ListAsync()).Single().State);
    }

    [Fact]
    public async Task Neighbour_of_a_component_with_damaged_tables_is_checkpointed_and_restored()
    {
        await using Ecus ecus = new();
        await ecus.A.RunAsync(new RunRequest { Program = Programs.Examiner, Arguments = ["damage", "map", "2", "0", "5"] }, Ecus.Soon);
        await ecus.A.WaitForLineAsync("Examiner", line => line == "damaged");
        await ecus.A.RunSheepCounterAsync();
        await ecus.A.NextCountAsync();
        string image = ecus.NewImage();
        await Assert.ThrowsAsync<NodeOperationException>(() => ecus.A.CheckpointAsync("Examiner", ecus.NewImage()));

        CheckpointReport checkpoint = await ecus.A.CheckpointAsync("SheepCounter", image);
        await ecus.B.RestoreAsync(image);

        Assert.Equal(await ecus.A.LastCountAsync(checkpoint.LogSequence) + 1, await ecus.B.NextCountAsync());
    }
}
