using System.Security.Cryptography;
using Drover.Node;
using Drover.Node.Operations;

namespace Drover.Scenarios;

/// <summary>While pages are still to come, everything can happen that can happen otherwise.</summary>
public sealed class LazyPhase
{
    [RootFact]
    public async Task Node_that_is_killed_leaves_nothing_and_the_image_as_it_was()
    {
        await using Ecus ecus = new();
        // It drops pages without end, so that the others take long to come.
        string image = await Laggards.CheckpointAsync(ecus, "churn");
        string[] before = Hashes(image);
        string folder = Directory.CreateTempSubdirectory("drover-killed-").FullName;
        try
        {
            string socket = Path.Combine(folder, "node.sock");
            int tries = 0;
            while (!await KillWhileLazyAsync(socket, image))
                Assert.InRange(++tries, 0, 20);

            Assert.Equal(before, Hashes(image));
            Assert.Equal(["node.sock", "node.sock.lock"], Directory.EnumerateFileSystemEntries(folder).Select(Path.GetFileName).Order());
            await using NodeProcess next = await NodeProcess.StartAsync(socket);
            await next.Client.RestoreAsync(new RestoreRequest(image, Laggards.Name, Lazy: true), Ecus.Soon);
            // For which all pages have to come.
            await next.Client.CheckpointAsync(Laggards.Name, ecus.NewImage(), leaveRunning: true);
            await Laggards.WholeAsync(next.Client);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [RootFact]
    public async Task Component_that_ends_by_itself_ends_as_ever_and_nothing_is_left_of_it()
    {
        await using Ecus ecus = new();
        await Task.WhenAll(((NodeRuntime)ecus.A).Prepared, ((NodeRuntime)ecus.B).Prepared);
        string image = await Laggards.CheckpointAsync(ecus, "end");
        await EndAsync(ecus.B, image);
        Holdings before = Holdings.Now();

        ComponentExit exit = await EndAsync(ecus.B, image);

        Assert.Equal((ExitReason.Exited, 7), (exit.Reason, exit.Status));
        await Holdings.AreAsync(before, "a component that ended at once");
    }

    [RootFact]
    public async Task Calls_with_addresses_where_nothing_is_are_refused_and_end_nobody()
    {
        await using Ecus ecus = new();
        string image = await Laggards.CheckpointAsync(ecus, "stray");

        for (int i = 0; i < 3; i++)
        {
            await Laggards.RestoreAsync(ecus.B, image, $"{Laggards.Name}-{i}");
            await Laggards.WholeAsync(ecus.B, $"{Laggards.Name}-{i}");
        }
    }

    [RootFact]
    public async Task Snapshot_roll_back_and_clone_right_behind_it_have_all_that_was_still_to_come()
    {
        await using Ecus ecus = new();
        string image = await Laggards.CheckpointAsync(ecus, "rearrange");
        await Laggards.RestoreAsync(ecus.B, image);

        await ecus.B.SnapshotAsync(Laggards.Name, "soon");
        await Laggards.WholeAsync(ecus.B);
        await Laggards.MissTimeAsync();
        await ecus.B.RollBackAsync(Laggards.Name, "soon");
        // It may have said that it is whole already.
        long rolledBack = (await ecus.B.LogAsync(Laggards.Name)).Last(entry => entry.Text.Contains("goes on from", StringComparison.Ordinal)).Sequence;
        await ecus.B.CloneAsync(new CloneRequest("soon"), Ecus.Soon);

        await ecus.B.WaitForLineAsync(Laggards.Name, Laggards.IsWhole, rolledBack);
        await Laggards.WholeAsync(ecus.B, (await ecus.B.ListAsync()).Single(component => component.Name != Laggards.Name).Name);
    }

    [RootFact]
    public async Task Checkpoint_copied_beforehand_right_behind_it_has_all_that_was_still_to_come()
    {
        await using Ecus ecus = new();
        string image = await Laggards.CheckpointAsync(ecus, "look");
        await Laggards.RestoreAsync(ecus.B, image);
        string again = ecus.NewImage();

        await ecus.B.CheckpointAsync(new CheckpointRequest(Laggards.Name, again, LeaveRunning: false, PreCopy: true), Ecus.Soon);

        ILocalNode c = ecus.Start("ecu-c");
        await Laggards.RestoreAsync(c, again);
        await Laggards.WholeAsync(c);
    }

    [RootFact]
    public async Task Group_is_restored_so_as_one()
    {
        await using Ecus ecus = new();
        await Rushing.StartServerAsync(ecus.A);
        await Rushing.StartClientAsync(ecus.A, "donate");
        await Laggards.StartAsync(ecus.A, "look");
        string image = ecus.NewImage();
        await ecus.A.CheckpointGroupAsync(new GroupCheckpointRequest(["client", "server", Laggards.Name], image, false), Ecus.Soon);

        await ecus.B.RestoreGroupAsync(new GroupRestoreRequest(image, Lazy: true), Ecus.Soon);
        // What is not there yet comes from files that nobody needs to keep.
        Directory.Delete(image, recursive: true);

        await Rushing.FinishAsync(ecus.B, 1);
        await Laggards.WholeAsync(ecus.B);
    }

    [RootFact]
    public async Task Damaged_page_of_a_member_ends_that_one_by_name_and_the_others_run_on()
    {
        await using Ecus ecus = new();
        await Laggards.StartAsync(ecus.A, "look");
        await ecus.A.RunSheepCounterAsync();
        await ecus.A.NextCountAsync();
        string image = ecus.NewImage();
        await ecus.A.CheckpointGroupAsync(new GroupCheckpointRequest([Laggards.Name, "SheepCounter"], image, false), Ecus.Soon);
        SpoiledImage.Spoil(Path.Combine(image, Laggards.Name, "pages"));

        await ecus.B.RestoreGroupAsync(new GroupRestoreRequest(image, Lazy: true), Ecus.Soon);

        ComponentExit exit = await ecus.B.WaitForExitAsync(Laggards.Name, Ecus.Soon);
        Assert.Equal(ExitReason.Faulted, exit.Reason);
        Assert.Contains("CRC-32C of the page", exit.Fault, StringComparison.Ordinal);
        await ecus.B.NextCountAsync(afterSequence: (await ecus.B.LogAsync("SheepCounter")) is [.., var last] ? last.Sequence : 0);
    }

    /// <summary>False if all pages had come already.</summary>
    private static async Task<bool> KillWhileLazyAsync(string socket, string image)
    {
        await using NodeProcess node = await NodeProcess.StartAsync(socket);
        await node.Client.RestoreAsync(new RestoreRequest(image, Laggards.Name, Lazy: true), Ecus.Soon);
        await node.HaltAsync();
        bool isLazy = node.HasOpen(Path.Combine(image, "pages"));
        int[] processes = Descendants(node.Id);
        Assert.NotEmpty(processes);

        await node.KillAsync();

        foreach (int process in processes)
            await NodeProcess.UntilGoneAsync(process);
        return isLazy;
    }

    private static int[] Descendants(int process) =>
    [
        .. Directory.GetDirectories($"/proc/{process}/task")
            .SelectMany(task => File.ReadAllText(Path.Combine(task, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse))
            .SelectMany(child => (int[])[child, .. Descendants(child)]),
    ];

    private static string[] Hashes(string image) =>
        [.. Directory.GetFiles(image).Order().Select(file => $"{Path.GetFileName(file)} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)))}")];

    private static async Task<ComponentExit> EndAsync(ILocalNode node, string image)
    {
        await Laggards.RestoreAsync(node, image);
        return await node.WaitForExitAsync(Laggards.Name, Ecus.Soon);
    }
}
