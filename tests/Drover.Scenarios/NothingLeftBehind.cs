using Drover.Node;
using Drover.Node.Operations;

namespace Drover.Scenarios;

/// <summary>Every descriptor, process and mapping has an owner that gives it back.</summary>
public sealed class NothingLeftBehind
{
    [Fact]
    public async Task Node_has_as_many_descriptors_processes_and_mappings_after_fifty_cycles_as_before()
    {
        await using Ecus ecus = new();
        await Task.WhenAll(((NodeRuntime)ecus.A).Prepared, ((NodeRuntime)ecus.B).Prepared); // both read files until then
        ILocalNode here = ecus.A;
        ILocalNode there = ecus.B;
        await here.RunSheepCounterAsync(10);
        await here.NextCountAsync();
        // The first rounds make what a node keeps for good, such as the tracer and its first stub.
        for (int round = 0; round < 4; round++)
            (here, there) = await MoveAsync(ecus, here, there);
        Holdings before = Holdings.Now();
        for (int round = 0; round < 50; round++)
            (here, there) = await MoveAsync(ecus, here, there);
        Holdings after = Holdings.Now();

        // The namespaces for the next restore, a process and two descriptors, may just be under way.
        Assert.InRange(after.Descriptors, before.Descriptors - 2, before.Descriptors + 2);
        Assert.InRange(after.Processes, before.Processes - 1, before.Processes + 1);
        Assert.Equal(before.SharedMappings, after.SharedMappings);
    }

    [Fact]
    public async Task Nothing_is_left_of_a_component_that_was_stopped()
    {
        await using Ecus ecus = new();
        await Task.WhenAll(((NodeRuntime)ecus.A).Prepared, ((NodeRuntime)ecus.B).Prepared); // both read files until then
        await ecus.A.RunToEndAsync(Programs.Examiner, "refused");

        await Holdings.DoNotGrowAsync(async () =>
        {
            await ecus.A.RunSheepCounterAsync();
            await ecus.A.NextCountAsync();
            await ecus.A.StopAsync("SheepCounter");
        });
    }

    private static async Task<(ILocalNode Here, ILocalNode There)> MoveAsync(Ecus ecus, ILocalNode here, ILocalNode there)
    {
        string image = ecus.NewImage();
        await here.CheckpointAsync("SheepCounter", image);
        await there.RestoreAsync(image);
        await there.NextCountAsync();
        Directory.Delete(image, recursive: true);
        return (there, here);
    }
}
