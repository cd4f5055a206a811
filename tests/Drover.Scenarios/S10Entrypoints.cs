using Drover.Node.Operations;

namespace Drover.Scenarios;

/// <summary>S10: after a restore entrypoints can be ended, signals reach them through their proxy, and the thread that waits
/// for signals wakes.</summary>
public sealed class S10Entrypoints
{
    [Fact]
    public async Task Exit_proxy_and_waiting_thread_of_an_entrypoint_work_on_the_other_node()
    {
        const string Handled = "on the entrypoint 100, on the signal thread 200, collisions 0";
        await using Ecus ecus = new();
        await ecus.A.RunAsync(new RunRequest { Program = Programs.Steward, Name = "server", Arguments = ["entrypoints"] }, Ecus.Soon);
        await ecus.A.WaitForLineAsync("server", line => line == "serving");
        Assert.Equal([Handled], await ecus.A.RunToEndAsync(Programs.Steward, "steer"));
        InspectReport before = await ecus.A.InspectAsync("server");
        string image = ecus.NewImage();
        await ecus.A.CheckpointAsync("server", image);

        await ecus.B.RestoreAsync(image);

        InspectReport after = await ecus.B.InspectAsync("server");
        Assert.Equal(["own", "own signals", "signals"], after.Threads.Select(thread => thread.Name).Where(name => name is "own" or "own signals" or "signals").Order());
        AssertSameSlotsNewBadges(before, after);
        Assert.Equal([Handled], await ecus.B.RunToEndAsync(Programs.Steward, "steer"));
        string[] ended =
        [
            "thing: PeerGone, signal: PeerGone",
            "session: NoSuchService, upgrade: ServiceGone",
            "again: 1, the old one: PeerGone",
        ];
        Assert.Equal(ended, await ecus.B.RunToEndAsync(Programs.Steward, "end"));
        Assert.Equal([Handled], await ecus.B.RunToEndAsync(Programs.Steward, "steer"));
        Assert.Equal(ended, await ecus.B.RunToEndAsync(Programs.Steward, "end"));
    }

    /// <summary>Exit and proxy are gates of the component like others, beside the root and the object.</summary>
    private static void AssertSameSlotsNewBadges(InspectReport before, InspectReport after)
    {
        CapabilityInfo[] Held(InspectReport report, string kind) =>
            [.. report.Capabilities.Select(slot => slot.Held).OfType<CapabilityInfo>().Where(held => held.Kind == kind)];
        foreach (string kind in new[] { "Gate", "SignalSource", "SignalContext" })
        {
            CapabilityInfo[] old = Held(before, kind);
            CapabilityInfo[] now = Held(after, kind);
            Assert.NotEmpty(old);
            Assert.Equal(old.Select(held => (held.Selector, held.Label)), now.Select(held => (held.Selector, held.Label)));
            Assert.Empty(old.Select(held => held.Badge).Intersect(now.Select(held => held.Badge)));
        }
    }
}
