using Drover.Node.Operations;

namespace Drover.Scenarios;

/// <summary>S9: each of a thousand objects of a component is found after it was moved.</summary>
public sealed class S9OwnObjects
{
    [Fact]
    public async Task Each_of_a_thousand_objects_answers_on_the_other_node_and_dissolving_one_works()
    {
        await using Ecus ecus = new();
        await ecus.A.RunAsync(new RunRequest { Program = Programs.Steward, Name = "server", Arguments = ["many", "1000"] }, Ecus.Soon);
        await ecus.A.WaitForLineAsync("server", line => line == "serving");
        // The session of the one that asks is an object, too, as is the root.
        string[] all = ["reached 1000 of 1000", "objects 1002, owners equal True"];
        Assert.Equal(all, await ecus.A.RunToEndAsync(Programs.Steward, "visit", "1000"));
        string image = ecus.NewImage();
        await ecus.A.CheckpointAsync("server", image);

        await ecus.B.RestoreAsync(image);

        Assert.Equal(all, await ecus.B.RunToEndAsync(Programs.Steward, "visit", "1000"));
        Assert.Equal(
            [
                "before: 501",
                "dissolved: True, again: False",
                "after: PeerGone, neighbour: 502",
                "objects 1001, owners equal True",
                "replaced: 4711, the old one: PeerGone",
                "objects 1002, owners equal True",
            ],
            await ecus.B.RunToEndAsync(Programs.Steward, "dissolve", "501"));
        InspectReport report = await ecus.B.InspectAsync("server");
        Assert.Equal(report.ObjectPool.Count, report.ObjectPool.Select(entry => entry.Badge).Distinct().Count());
        Assert.Contains(report.ObjectPool, entry => entry.Label == 502 && entry.Selector != 0);
    }
}
