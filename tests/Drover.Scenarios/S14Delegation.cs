using Drover.Node;
using Drover.Node.Operations;

namespace Drover.Scenarios;

/// <summary>S14: capabilities of every kind are delegated both ways after a restore, and one that comes back arrives at its
/// original slot.</summary>
public sealed class S14Delegation
{
    private static readonly string[] s_own =
    [
        "0: own slot, token 5",
        "1: own slot, same memory",
        "2: own slot, signals 2",
        "3: own slot, logged",
    ];

    private static readonly string[] s_vaults =
    [
        "vault 0: own slot there, token 77",
        "vault 1: own slot there, same memory",
        "vault 2: own slot there, signals 3",
    ];

    [Fact]
    public async Task What_was_lent_comes_back_to_its_slot_after_lender_and_vault_moved_together()
    {
        await using Ecus ecus = new();
        await StartAsync(ecus.A);
        Assert.Equal([.. s_own, .. s_vaults], await ecus.A.RunToEndAsync(Programs.Rush, "collect"));
        string image = ecus.NewImage();

        GroupCheckpointReport checkpoint = await ecus.A.CheckpointGroupAsync(new GroupCheckpointRequest(["lender", "vault"], image, false), Ecus.Soon);
        GroupRestoreReport restore = await ecus.B.RestoreGroupAsync(new GroupRestoreRequest(image), Ecus.Soon);

        Assert.Equal([.. s_own, .. s_vaults], await ecus.B.RunToEndAsync(Programs.Rush, "collect"));
        Assert.Contains(await ecus.B.LogAsync("lender"), entry => entry.Text == "from the vault");
        foreach ((CheckpointReport before, RestoreReport after) in checkpoint.Members.Zip(restore.Members))
        {
            Assert.Equal(before.Capabilities.Select(held => (held.Selector, held.Kind, held.Label)), after.Capabilities.Select(held => (held.Selector, held.Kind, held.Label)));
            Assert.Empty(before.Capabilities.Select(held => held.Badge).Intersect(after.Capabilities.Select(held => held.Badge)));
        }
    }

    [Fact]
    public async Task Group_moves_on_to_a_third_node_and_can_be_restored_again()
    {
        await using Ecus ecus = new();
        await StartAsync(ecus.A);
        string first = ecus.NewImage();
        string second = ecus.NewImage();
        await ecus.A.CheckpointGroupAsync(new GroupCheckpointRequest(["vault", "lender"], first, false), Ecus.Soon);
        await ecus.B.RestoreGroupAsync(new GroupRestoreRequest(first), Ecus.Soon);
        await ecus.B.CheckpointGroupAsync(new GroupCheckpointRequest(["vault", "lender"], second, true), Ecus.Soon);
        ILocalNode third = ecus.Start("ecu-c");

        await third.RestoreGroupAsync(new GroupRestoreRequest(second), Ecus.Soon);
        await ecus.A.RestoreGroupAsync(new GroupRestoreRequest(first), Ecus.Soon);

        foreach (ILocalNode node in (ILocalNode[])[third, ecus.B, ecus.A])
            Assert.Equal([.. s_own, .. s_vaults], await node.RunToEndAsync(Programs.Rush, "collect"));
    }

    [Fact]
    public async Task Lender_restored_alone_lends_to_a_vault_that_it_never_met()
    {
        await using Ecus ecus = new();
        await StartAsync(ecus.A, vaultMemory: false);
        string image = ecus.NewImage();
        await StartVaultAsync(ecus.B);

        await ecus.A.CheckpointAsync("lender", image);
        await ecus.B.RestoreAsync(image);

        Assert.Equal(s_own, await ecus.B.RunToEndAsync(Programs.Rush, "collect", "again"));
    }

    private static async Task StartVaultAsync(ILocalNode node)
    {
        await node.RunAsync(new RunRequest { Program = Programs.Rush, Name = "vault", Arguments = ["vault"] }, Ecus.Soon);
        await node.WaitForLineAsync("vault", line => line == "open");
    }

    [Fact]
    public async Task Lent_module_stays_the_lenders_who_can_withdraw_it_after_both_moved()
    {
        await using Ecus ecus = new();
        await LendModuleAsync(ecus);
        string image = ecus.NewImage();
        await ecus.A.CheckpointGroupAsync(new GroupCheckpointRequest(["borrower", "lender"], image, false), Ecus.Soon);

        await ecus.B.RestoreGroupAsync(new GroupRestoreRequest(image), Ecus.Soon);

        LogEntry tick = await ecus.B.WaitForLineAsync("borrower", IsTick);
        Assert.EndsWith(": good morning, read only", tick.Text, StringComparison.Ordinal);
        await ecus.B.RunToEndAsync(Programs.Examiner, "withdraw");
        await ecus.B.WaitForLineAsync("borrower", line => line.EndsWith(", withdrawn", StringComparison.Ordinal), tick.Sequence);
    }

    [Fact]
    public async Task Lent_module_refuses_the_checkpoint_of_the_borrower_alone()
    {
        await using Ecus ecus = new();
        await LendModuleAsync(ecus);

        NodeOperationException refusal = await Assert.ThrowsAsync<NodeOperationException>(() => ecus.A.CheckpointAsync("borrower", ecus.NewImage()));

        Assert.Equal(NodeErrorCode.NotCheckpointable, refusal.Code);
        Assert.Contains("borrower holds ROM greeting of another component", refusal.Message, StringComparison.Ordinal);
        await ecus.A.CheckpointAsync("lender", ecus.NewImage(), leaveRunning: true);
    }

    private static bool IsTick(string line) => line.StartsWith("tick", StringComparison.Ordinal);

    private static async Task LendModuleAsync(Ecus ecus)
    {
        Dictionary<string, string> roms = new() { ["greeting"] = ecus.NewFile("good morning") };
        await ecus.A.RunAsync(new RunRequest { Program = Programs.Examiner, Name = "lender", Arguments = ["lend"], Roms = roms }, Ecus.Soon);
        await ecus.A.WaitForLineAsync("lender", line => line == "lent");
        await ecus.A.RunAsync(new RunRequest { Program = Programs.Examiner, Name = "borrower", Arguments = ["borrow"] }, Ecus.Soon);
        await ecus.A.WaitForLineAsync("borrower", IsTick);
    }

    private static async Task StartAsync(ILocalNode node, bool vaultMemory = true)
    {
        await StartVaultAsync(node);
        await node.RunAsync(new RunRequest { Program = Programs.Rush, Name = "lender", Arguments = vaultMemory ? ["lend"] : ["lend", "alone"] }, Ecus.Soon);
        await node.WaitForLineAsync("lender", line => line == "lent");
    }
}
