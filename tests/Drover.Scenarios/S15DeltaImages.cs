using System.Diagnostics;
using Drover.Images;
using Drover.Node;
using Drover.Node.Operations;

namespace Drover.Scenarios;

/// <summary>S15: base and deltas are a full checkpoint; only written pages are in a delta.</summary>
public sealed class S15DeltaImages
{
    private const string Name = "Ledger";
    private const int AccountPages = 2000;

    [Fact]
    public async Task Chain_of_a_hundred_deltas_restores_with_private_memory_and_dataspaces_as_they_were()
    {
        await using Ecus ecus = new();
        await Ledgers.StartAsync(ecus.A, AccountPages, bookings: 5, pauseMs: 1);
        string image = ecus.NewImage();
        await ecus.A.CheckpointAsync(Name, image, leaveRunning: true);
        CheckpointReport report = null!;
        for (int delta = 1; delta <= 100; delta++)
            (image, report) = await DeltaAsync(ecus, image, leaveRunning: delta < 100);
        string last = await Ledgers.LastRoundAsync(ecus.A, report.LogSequence);

        await ecus.B.RestoreAsync(image);

        await Ledgers.GoesOnFromAsync(ecus.B, last);
        using ImageReader chain = ImageReader.Open(image);
        Assert.Equal(101, chain.Chain.Count);
        await ImageFiles.MergeAsync(image, image + "-merged");
        ILocalNode c = ecus.Start("ecu-c");
        await c.RestoreAsync(image + "-merged");
        await Ledgers.GoesOnFromAsync(c, last);
    }

    [Fact]
    public async Task Delta_holds_what_was_written_and_little_more()
    {
        await using Ecus ecus = new();
        // It writes nothing into its books, however long a checkpoint takes.
        await Ledgers.StartAsync(ecus.A, AccountPages, bookings: 0, pauseMs: 20);
        string first = ecus.NewImage();
        long complete = (await ecus.A.CheckpointAsync(Name, first, leaveRunning: true)).Image.Bytes;
        (string second, CheckpointReport compared) = await DeltaAsync(ecus, first, leaveRunning: true);

        (_, CheckpointReport noted) = await DeltaAsync(ecus, second, leaveRunning: true);

        // The books alone are 16 MB; the rest is what the runtime writes meanwhile.
        Assert.InRange(complete, 2 * AccountPages * 4096, long.MaxValue);
        Assert.InRange(compared.Image.Bytes, 1, complete / 3);
        Assert.InRange(noted.Image.Bytes, 1, complete / 3);
    }

    [Fact]
    public async Task Chain_may_branch_and_every_branch_restores()
    {
        await using Ecus ecus = new();
        await Ledgers.StartAsync(ecus.A, AccountPages, bookings: 5, pauseMs: 1);
        string root = ecus.NewImage();
        await ecus.A.CheckpointAsync(Name, root, leaveRunning: true);
        (string left, CheckpointReport atLeft) = await DeltaAsync(ecus, root, leaveRunning: true);
        (string right, CheckpointReport atRight) = await DeltaAsync(ecus, root, leaveRunning: true);
        string afterLeft = await Ledgers.LastRoundAsync(ecus.A, atLeft.LogSequence);
        string afterRight = await Ledgers.LastRoundAsync(ecus.A, atRight.LogSequence);

        await ecus.B.RestoreAsync(left);
        ILocalNode c = ecus.Start("ecu-c");
        await c.RestoreAsync(right);

        await Ledgers.GoesOnFromAsync(ecus.B, afterLeft);
        await Ledgers.GoesOnFromAsync(c, afterRight);
    }

    [Fact]
    public async Task Delta_upon_an_image_of_another_instance_is_refused_and_the_component_runs_on()
    {
        await using Ecus ecus = new();
        await Ledgers.StartAsync(ecus.A, AccountPages, bookings: 5, pauseMs: 1);
        string image = ecus.NewImage();
        await ecus.A.CheckpointAsync(Name, image);
        await ecus.B.RestoreAsync(image);

        NodeOperationException refusal = await Assert.ThrowsAsync<NodeOperationException>(() => DeltaAsync(ecus.B, ecus.NewImage(), image, leaveRunning: true));

        Assert.Equal(NodeErrorCode.NotCheckpointable, refusal.Code);
        Assert.Contains("another instance", refusal.Message, StringComparison.Ordinal);
        long now = await ecus.B.LogAsync(Name) is [.., var newest] ? newest.Sequence : 0;
        await ecus.B.WaitForLineAsync(Name, Ledgers.IsRound, now);
    }

    [Fact]
    public async Task Compressed_chain_is_smaller_and_restores_at_once_and_lazily()
    {
        await using Ecus ecus = new();
        await Ledgers.StartAsync(ecus.A, AccountPages, bookings: 5, pauseMs: 1);
        string plain = ecus.NewImage();
        CheckpointReport asItIs = await ecus.A.CheckpointAsync(Name, plain, leaveRunning: true);
        string first = ecus.NewImage();
        CheckpointReport packed = await ecus.A.CheckpointAsync(new CheckpointRequest(Name, first, LeaveRunning: true, PreCopy: true, Compress: true), Ecus.Soon);
        string second = ecus.NewImage();
        CheckpointReport delta = await ecus.A.CheckpointAsync(new CheckpointRequest(Name, second, LeaveRunning: false, first, Compress: true), Ecus.Soon);
        string last = await Ledgers.LastRoundAsync(ecus.A, delta.LogSequence);

        await ecus.B.RestoreAsync(second);
        ILocalNode c = ecus.Start("ecu-c");
        await c.RestoreAsync(new RestoreRequest(second, Lazy: true), Ecus.Soon);

        await Ledgers.GoesOnFromAsync(ecus.B, last);
        await Ledgers.GoesOnFromAsync(c, last);
        Assert.InRange(packed.Image.Bytes, 1, asItIs.Image.Bytes * 3 / 4);
        ImageFiles.Verify(second);
        await ImageFiles.MergeAsync(second, second + "-merged");
        await ecus.Start("ecu-d").RestoreAsync(second + "-merged");
    }

    [Fact]
    public async Task Commands_verify_a_chain_and_merge_it_and_name_what_is_damaged()
    {
        await using Ecus ecus = new();
        await Ledgers.StartAsync(ecus.A, AccountPages, bookings: 5, pauseMs: 1);
        string first = ecus.NewImage();
        await ecus.A.CheckpointAsync(Name, first, leaveRunning: true);
        (string second, _) = await DeltaAsync(ecus, first, leaveRunning: false);
        string merged = ecus.NewImage();

        (int verifyStatus, string verified, _) = await CommandAsync("image", "verify", second);
        (int mergeStatus, string folded, _) = await CommandAsync("image", "merge", second, "-o", merged);
        using (FileStream pages = File.OpenWrite(Path.Combine(first, "pages")))
            pages.Write("damage"u8);
        (int damagedStatus, _, string damage) = await CommandAsync("image", "verify", second);
        (int againStatus, _, string again) = await CommandAsync("image", "merge", second, "-o", merged);

        Assert.Equal(0, verifyStatus);
        Assert.StartsWith($"{second} is whole: Ledger of ecu-a, 2 images (", verified, StringComparison.Ordinal);
        Assert.Equal(0, mergeStatus);
        Assert.Contains($"are in {merged} (", folded, StringComparison.Ordinal);
        Assert.Equal(1, damagedStatus);
        Assert.StartsWith($"drover: {first}/pages, offset 0: CRC-32C of the page: expected", damage, StringComparison.Ordinal);
        Assert.Equal(1, againStatus);
        Assert.StartsWith($"drover: {merged}: holds an image already.", again, StringComparison.Ordinal);
        await ecus.B.RestoreAsync(merged);
        await ecus.B.WaitForLineAsync(Name, Ledgers.IsRound);
    }

    private static async Task<(int Status, string Output, string Error)> CommandAsync(params string[] arguments)
    {
        ProcessStartInfo start = new("dotnet", [Programs.Drover, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process command = Process.Start(start)!;
        Task<string> error = command.StandardError.ReadToEndAsync(Ecus.Soon);
        string output = await command.StandardOutput.ReadToEndAsync(Ecus.Soon);
        await command.WaitForExitAsync(Ecus.Soon);
        return (command.ExitCode, output, await error);
    }

    private static async Task<(string Image, CheckpointReport Report)> DeltaAsync(Ecus ecus, string parent, bool leaveRunning)
    {
        string image = ecus.NewImage();
        return (image, await DeltaAsync(ecus.A, image, parent, leaveRunning));
    }

    private static Task<CheckpointReport> DeltaAsync(ILocalNode node, string image, string parent, bool leaveRunning) =>
        node.CheckpointAsync(new CheckpointRequest(Name, image, leaveRunning, parent), Ecus.Soon);
}
