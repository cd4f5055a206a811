using Drover.Node.Api;
using Drover.Node.Operations;

namespace Drover.Scenarios;

/// <summary>A node without any rights does all that root's does, but what the kernel keeps for root.</summary>
public sealed class OrdinaryUsersNode : IAsyncLifetime
{
    private const string Name = "Ledger";
    private const int User = 1000;

    private readonly string _folder = Directory.CreateTempSubdirectory("drover-ordinary-").FullName;
    private NodeProcess? _node;

    private NodeClient Client => _node!.Client;

    public async Task InitializeAsync()
    {
        if (OperatingSystem.IsWindows() || new OrdinaryUserFactAttribute().Skip is not null)
            return;
        File.SetUnixFileMode(_folder, (UnixFileMode)0b111_111_111);
        _node = await NodeProcess.StartAsync(Path.Combine(_folder, "node.sock"), User);
        await Ledgers.StartAsync(Client, pages: 500, bookings: 5, pauseMs: 1);
    }

    public async Task DisposeAsync()
    {
        if (_node is not null)
            await _node.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [OrdinaryUserFact]
    public async Task Snapshots_are_kept_rolled_back_to_again_and_again_and_dropped()
    {
        await Client.SnapshotAsync(Name, "early");
        await Client.SnapshotAsync(Name, "late");
        foreach (string snapshot in (string[])["early", "late", "early"])
        {
            long last = (await Client.LogAsync(Name))[^1].Sequence;
            await Client.RollBackAsync(Name, snapshot);
            await GoesOnAsync(Name, last);
        }

        await Client.DropSnapshotAsync("early", Ecus.Soon);
        Assert.Equal(["late"], (await Client.ListSnapshotsAsync(Ecus.Soon)).Select(kept => kept.Name));
    }

    [OrdinaryUserFact]
    public async Task Clones_of_clones_run()
    {
        string parent = Name;
        for (int generation = 0; generation < 3; generation++)
        {
            CloneReport report = await Client.CloneAsync(new CloneRequest(parent), Ecus.Soon);
            parent = report.Clones[0].Name;
            await GoesOnAsync(parent, 0);
        }
    }

    [OrdinaryUserFact]
    public async Task Chain_that_was_copied_beforehand_restores_but_not_lazily_and_says_why()
    {
        string image = Path.Combine(_folder, "image");
        string delta = Path.Combine(_folder, "delta");
        await Client.CheckpointAsync(new CheckpointRequest(Name, image, LeaveRunning: true, PreCopy: true, Compress: true), Ecus.Soon);
        await Client.CheckpointAsync(new CheckpointRequest(Name, delta, LeaveRunning: false, image, PreCopy: true), Ecus.Soon);

        NodeOperationException refusal = await Assert.ThrowsAsync<NodeOperationException>(() =>
            Client.RestoreAsync(new RestoreRequest(delta, Lazy: true), Ecus.Soon));
        await Client.RestoreAsync(new RestoreRequest(delta), Ecus.Soon);

        Assert.Equal(NodeErrorCode.MissingResource, refusal.Code);
        Assert.Contains("/dev/userfaultfd", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("without --lazy", refusal.Message, StringComparison.Ordinal);
        await GoesOnAsync(Name, 0);
    }

    /// <summary>It finds its books in order, some rounds long.</summary>
    private async Task GoesOnAsync(string name, long afterSequence)
    {
        for (int round = 0; round < 5; round++)
        {
            LogEntry next = await Client.WaitForLineAsync(name, line => Ledgers.IsRound(line) || line.StartsWith("fault", StringComparison.Ordinal), afterSequence);
            Assert.True(Ledgers.IsRound(next.Text), next.Text);
            afterSequence = next.Sequence;
        }
    }
}
