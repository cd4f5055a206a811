using Drover.Images;
using Drover.Images.State;
using Drover.Node.Operations;

namespace Drover.Scenarios;

/// <summary>S11: signals that nobody has handled at the checkpoint are handled after the restore, once each.</summary>
public sealed class S11PendingSignals
{
    [Fact]
    public async Task Unhandled_submits_of_three_contexts_are_delivered_once_with_their_counts()
    {
        await using Ecus ecus = new();
        await ecus.A.RunAsync(new RunRequest { Program = Programs.Clockwork, Name = "signals", Arguments = ["signals"] }, Ecus.Soon);
        await ecus.A.WaitForLineAsync("signals", line => line == "unhandled");
        string image = ecus.NewImage();

        await ecus.A.CheckpointAsync("signals", image);
        Assert.Equal([1ul, 2, 7], PendingIn(image));
        await ecus.B.RestoreAsync(image);
        await ecus.B.RunToEndAsync(Programs.Clockwork, "release");

        Assert.Equal("handled: one 1, shared 2, shared 7", (await ecus.B.WaitForLineAsync("signals", IsReport)).Text);
        // Nothing comes twice, and the contexts go on working.
        Assert.Equal("handled: shared 4", (await ecus.B.WaitForLineAsync("signals", line => IsReport(line) && line != "handled: one 1, shared 2, shared 7")).Text);
    }

    [Fact]
    public async Task Unhandled_submits_stay_with_the_component_that_runs_on_and_come_once_in_each_that_is_restored()
    {
        await using Ecus ecus = new();
        await ecus.A.RunAsync(new RunRequest { Program = Programs.Clockwork, Name = "signals", Arguments = ["signals"] }, Ecus.Soon);
        await ecus.A.WaitForLineAsync("signals", line => line == "unhandled");
        string image = ecus.NewImage();

        await ecus.A.CheckpointAsync("signals", image, leaveRunning: true);
        await ecus.B.RestoreAsync(image);
        await ecus.B.RunToEndAsync(Programs.Clockwork, "release");
        await ecus.A.RunToEndAsync(Programs.Clockwork, "release");

        Assert.Equal("handled: one 1, shared 2, shared 7", (await ecus.B.WaitForLineAsync("signals", IsReport)).Text);
        Assert.Equal("handled: one 1, shared 2, shared 7", (await ecus.A.WaitForLineAsync("signals", IsReport)).Text);
    }

    private static bool IsReport(string line) => line.StartsWith("handled:", StringComparison.Ordinal);

    private static IEnumerable<ulong> PendingIn(string image)
    {
        using ImageReader reader = ImageReader.Open(image);
        return [.. reader.Manifest.Domain.Objects.Select(entry => entry.SignalContext?.PendingCount ?? 0).Where(count => count > 0).Order()];
    }
}
