using Drover.Node;
using Drover.Node.Operations;

namespace Drover.Scenarios;

/// <summary>S21: a client and a server with a shared dataspace and a session between them, as of one moment.</summary>
public sealed class S21GroupCheckpoint
{
    [Fact]
    public async Task Memory_that_they_share_stays_one_memory_and_is_stored_once()
    {
        await using Ecus ecus = new();
        await StartSharersAsync(ecus.A);
        string image = ecus.NewImage();

        await ecus.A.CheckpointGroupAsync(new GroupCheckpointRequest(["user", "owner"], image, false), Ecus.Soon);
        await ecus.B.RestoreGroupAsync(new GroupRestoreRequest(image), Ecus.Soon);

        // The owner counts in the memory, the user reads there.
        LogEntry seen = await ecus.B.WaitForLineAsync("user", IsShared);
        await ecus.B.WaitForLineAsync("user", line => IsShared(line) && line != seen.Text, seen.Sequence);
    }

    [Fact]
    public async Task Sharer_outside_of_the_group_is_refused_by_name_and_all_run_on()
    {
        await using Ecus ecus = new();
        await StartSharersAsync(ecus.A);
        await ecus.A.RunSheepCounterAsync();
        string image = ecus.NewImage();

        NodeOperationException refusal = await Assert.ThrowsAsync<NodeOperationException>(() =>
            ecus.A.CheckpointGroupAsync(new GroupCheckpointRequest(["SheepCounter", "owner"], image, false), Ecus.Soon));

        Assert.Equal(NodeErrorCode.NotCheckpointable, refusal.Code);
        Assert.Contains("user", refusal.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(image));
        long last = (await ecus.A.LogAsync("user"))[^1].Sequence;
        await ecus.A.WaitForLineAsync("user", IsShared, last);
        await ecus.A.NextCountAsync();
    }

    [Fact]
    public async Task Member_alone_cannot_be_restored_without_the_memory_of_the_others_but_can_be_inspected()
    {
        await using Ecus ecus = new();
        await StartSharersAsync(ecus.A);
        string image = ecus.NewImage();
        await ecus.A.CheckpointGroupAsync(new GroupCheckpointRequest(["owner", "user"], image, false), Ecus.Soon);

        NodeOperationException refusal = await Assert.ThrowsAsync<NodeOperationException>(() => ecus.B.RestoreAsync(Path.Combine(image, "user")));
        Assert.Equal(NodeErrorCode.MissingResource, refusal.Code);
        Assert.Contains("'owner'", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(await ecus.B.ListAsync());
        Assert.Equal("user", (await ecus.B.InspectImageAsync(Path.Combine(image, "user"), Ecus.Soon)).Name);
        Assert.Equal(
            NodeErrorCode.InvalidRequest,
            (await Assert.ThrowsAsync<NodeOperationException>(() => ecus.B.RestoreAsync(image))).Code);
    }

    [Fact]
    public async Task Session_keeps_what_was_donated_where_it_is_and_gives_it_back_at_its_end()
    {
        await using Ecus ecus = new();
        await Rushing.StartServerAsync(ecus.A);
        await Rushing.StartClientAsync(ecus.A, "donate");
        ComponentInfo[] before = [.. await ecus.A.ListAsync()];
        string image = ecus.NewImage();

        await ecus.A.CheckpointGroupAsync(new GroupCheckpointRequest(["client", "server"], image, false), Ecus.Soon);
        await ecus.B.RestoreGroupAsync(new GroupRestoreRequest(image), Ecus.Soon);

        Assert.Equal(before.Select(Limits), (await ecus.B.ListAsync()).Select(Limits));
        await Rushing.FinishAsync(ecus.B, 1);
        // The client has ended: its session was closed through the server's root, and the donation went with it.
        QuotaInfo left = (await ecus.B.ListAsync()).Single(component => component.Name == "server").Quota;
        QuotaInfo had = before.Single(component => component.Name == "server").Quota;
        Assert.True(left.RamLimitBytes <= had.RamLimitBytes);

        static (string, ulong, int) Limits(ComponentInfo component) =>
            (component.Name, component.Quota.RamLimitBytes, component.Quota.CapabilityLimit);
    }

    [Theory]
    [InlineData("group")]
    [InlineData("client/manifest")]
    [InlineData("server/manifest")]
    [InlineData("server/pages")]
    public async Task Damage_anywhere_is_refused_and_leaves_nothing_behind(string file)
    {
        await using Ecus ecus = new();
        await Rushing.StartServerAsync(ecus.A);
        await Rushing.StartClientAsync(ecus.A);
        string image = ecus.NewImage();
        await ecus.A.CheckpointGroupAsync(new GroupCheckpointRequest(["client", "server"], image, false), Ecus.Soon);
        await DamageAsync(Path.Combine(image, file));

        NodeOperationException refusal = await Assert.ThrowsAsync<NodeOperationException>(
            () => ecus.B.RestoreGroupAsync(new GroupRestoreRequest(image), Ecus.Soon));

        Assert.Equal(NodeErrorCode.BadImage, refusal.Code);
        Assert.Empty(await ecus.B.ListAsync());
        // Services of members that had been made are not there either.
        await Rushing.StartServerAsync(ecus.B);
    }

    [Fact]
    public async Task Group_of_which_one_name_is_taken_is_not_restored_at_all()
    {
        await using Ecus ecus = new();
        await Rushing.StartServerAsync(ecus.A);
        await Rushing.StartClientAsync(ecus.A);
        string image = ecus.NewImage();
        await ecus.A.CheckpointGroupAsync(new GroupCheckpointRequest(["client", "server"], image, false), Ecus.Soon);
        await Rushing.StartServerAsync(ecus.B);

        NodeOperationException refusal = await Assert.ThrowsAsync<NodeOperationException>(
            () => ecus.B.RestoreGroupAsync(new GroupRestoreRequest(image), Ecus.Soon));

        Assert.Equal(NodeErrorCode.NameTaken, refusal.Code);
        Assert.Equal(["server"], (await ecus.B.ListAsync()).Select(component => component.Name));
        await ecus.B.StopAsync("server", Ecus.Soon);
        await ecus.B.RestoreGroupAsync(new GroupRestoreRequest(image), Ecus.Soon);
        Rushing.AssertAllDoneOnce(await Rushing.FinishAsync(ecus.B, 500));
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task Group_copied_beforehand_or_compressed_goes_on_as_of_one_moment(bool preCopy, bool compress)
    {
        await using Ecus ecus = new();
        await StartSharersAsync(ecus.A);
        await Rushing.StartServerAsync(ecus.A);
        await Rushing.StartClientAsync(ecus.A);
        await Ledgers.StartAsync(ecus.A, pages: 500, bookings: 20, pauseMs: 1);
        string plain = ecus.NewImage();
        string image = ecus.NewImage();
        string[] members = ["user", "Ledger", "client", "owner", "server"];
        GroupCheckpointReport before = await ecus.A.CheckpointGroupAsync(new GroupCheckpointRequest(members, plain, LeaveRunning: true), Ecus.Soon);

        GroupCheckpointReport report = await ecus.A.CheckpointGroupAsync(new GroupCheckpointRequest(members, image, LeaveRunning: false, preCopy, compress), Ecus.Soon);

        string last = await Ledgers.LastRoundAsync(ecus.A, report.Members[1].LogSequence);
        await ecus.B.RestoreGroupAsync(new GroupRestoreRequest(image), Ecus.Soon);
        LogEntry seen = await ecus.B.WaitForLineAsync("user", IsShared);
        await ecus.B.WaitForLineAsync("user", line => IsShared(line) && line != seen.Text, seen.Sequence);
        await Ledgers.GoesOnFromAsync(ecus.B, last);
        Rushing.AssertAllDoneOnce(await Rushing.FinishAsync(ecus.B, 500));
        Assert.All(report.Members, member => Assert.Equal(preCopy, member.Rounds is { Count: > 0 }));
        if (compress)
            Assert.InRange(report.Image.Bytes, 1, before.Image.Bytes * 3 / 4);
    }

    [Fact]
    public async Task Delta_builds_upon_the_image_of_a_member_that_runs_on()
    {
        await using Ecus ecus = new();
        await StartSharersAsync(ecus.A);
        await Ledgers.StartAsync(ecus.A, pages: 500, bookings: 5, pauseMs: 1);
        string group = ecus.NewImage();
        string delta = ecus.NewImage();
        await ecus.A.CheckpointGroupAsync(new GroupCheckpointRequest(["Ledger", "owner", "user"], group, LeaveRunning: true, PreCopy: true), Ecus.Soon);

        CheckpointReport report = await ecus.A.CheckpointAsync(new CheckpointRequest("Ledger", delta, LeaveRunning: false, Path.Combine(group, "Ledger")), Ecus.Soon);

        string last = await Ledgers.LastRoundAsync(ecus.A, report.LogSequence);
        await ecus.B.RestoreAsync(delta);
        await Ledgers.GoesOnFromAsync(ecus.B, last);
        Assert.InRange(report.Image.Bytes, 1, new DirectoryInfo(Path.Combine(group, "Ledger")).EnumerateFiles().Sum(file => file.Length) - 1);
    }

    private static bool IsShared(string line) => line.StartsWith("read ", StringComparison.Ordinal);

    private static async Task StartSharersAsync(ILocalNode node)
    {
        await node.RunAsync(new RunRequest { Program = Programs.Rush, Name = "owner", Arguments = ["own-memory"] }, Ecus.Soon);
        await node.WaitForLineAsync("owner", line => line == "offered");
        await node.RunAsync(new RunRequest { Program = Programs.Rush, Name = "user", Arguments = ["use-memory"] }, Ecus.Soon);
        await node.WaitForLineAsync("user", IsShared);
    }

    private static async Task DamageAsync(string file)
    {
        byte[] content = await File.ReadAllBytesAsync(file);
        content[content.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(file, content);
    }
}
