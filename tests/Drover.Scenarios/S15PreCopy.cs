using Drover.Node;
using Drover.Node.Operations;

namespace Drover.Scenarios;

/// <summary>S15: what was copied while the component wrote to it is in the image as it was at the stop.</summary>
public sealed class S15PreCopy
{
    private const string Name = "Ledger";
    private const int AccountPages = 4000;

    [Fact]
    public async Task Image_copied_while_the_component_writes_without_a_pause_restores_as_of_the_stop()
    {
        await using Ecus ecus = new();
        await Ledgers.StartAsync(ecus.A, AccountPages, bookings: 2000, pauseMs: 0);
        string image = ecus.NewImage();

        CheckpointReport report = await CheckpointAsync(ecus.A, image, parent: null, preCopy: true, leaveRunning: false);

        string last = await Ledgers.LastRoundAsync(ecus.A, report.LogSequence);
        Assert.InRange(report.Rounds!.Count, 2, 8);
        Assert.InRange(report.Rounds[0].Bytes, AccountPages * 4096L, long.MaxValue);
        await ecus.B.RestoreAsync(image);
        await Ledgers.GoesOnFromAsync(ecus.B, last);
        ImageFiles.Verify(image);
    }

    [Fact]
    public async Task Second_copy_beforehand_is_of_what_was_written_since_the_parent()
    {
        await using Ecus ecus = new();
        await Ledgers.StartAsync(ecus.A, AccountPages, bookings: 5, pauseMs: 20);
        string first = ecus.NewImage();
        CheckpointReport complete = await CheckpointAsync(ecus.A, first, parent: null, preCopy: true, leaveRunning: true);

        CheckpointReport delta = await CheckpointAsync(ecus.A, ecus.NewImage(), first, preCopy: true, leaveRunning: true);

        Assert.InRange(delta.Rounds![0].Bytes, 1, complete.Rounds![0].Bytes / 3);
        Assert.InRange(delta.Image.Bytes, 1, complete.Image.Bytes / 3);
    }

    [Fact]
    public async Task Chain_in_which_some_images_were_copied_beforehand_and_some_compared_restores()
    {
        await using Ecus ecus = new();
        await Ledgers.StartAsync(ecus.A, AccountPages, bookings: 50, pauseMs: 1);
        string root = ecus.NewImage();
        await ecus.A.CheckpointAsync(Name, root, leaveRunning: true);
        string image = root;
        CheckpointReport report = null!;
        for (int delta = 1; delta <= 12; delta++)
        {
            // Every fourth builds upon the first again, since which nobody noted what was written.
            string parent = delta % 4 == 0 ? root : image;
            image = ecus.NewImage();
            report = await CheckpointAsync(ecus.A, image, parent, preCopy: delta % 3 != 0, leaveRunning: delta < 12);
        }

        string last = await Ledgers.LastRoundAsync(ecus.A, report.LogSequence);
        await ecus.B.RestoreAsync(image);

        await Ledgers.GoesOnFromAsync(ecus.B, last);
    }

    private static Task<CheckpointReport> CheckpointAsync(ILocalNode node, string image, string? parent, bool preCopy, bool leaveRunning) =>
        node.CheckpointAsync(new CheckpointRequest(Name, image, leaveRunning, parent, preCopy), Ecus.Soon);
}
