using Drover.Node.Operations;

namespace Drover.Scenarios;

/// <summary>A call is done once, however often its thread is interrupted.</summary>
public sealed class CallsDoneOnce
{
    [Fact]
    public async Task Client_and_server_agree_after_ten_thousand_calls_under_a_hail_of_signals()
    {
        await using Ecus ecus = new();
        await ecus.A.RunAsync(new RunRequest { Program = Programs.Tally, Name = "server", Arguments = ["serve", "hail"] }, Ecus.Soon);
        await ecus.A.WaitForLineAsync("server", line => line == "serving");

        IReadOnlyList<string> lines = await ecus.A.RunToEndAsync(Programs.Tally, "call", "10000", "hail");

        Assert.Equal(["calling", "client 10000, server 10000", "owners: client True, server True"], lines);
    }

    [Fact]
    public async Task Client_and_server_agree_although_both_are_checkpointed_among_the_calls()
    {
        await using Ecus ecus = new();
        await ecus.A.RunAsync(new RunRequest { Program = Programs.Tally, Name = "server", Arguments = ["serve"] }, Ecus.Soon);
        await ecus.A.WaitForLineAsync("server", line => line == "serving");
        await ecus.A.RunAsync(new RunRequest { Program = Programs.Tally, Name = "client", Arguments = ["call", "100000"] }, Ecus.Soon);
        await ecus.A.WaitForLineAsync("client", line => line == "calling");
        Task<ComponentExit> ended = ecus.A.WaitForExitAsync("client", Ecus.Soon);
        int checkpoints = 0;
        while (!ended.IsCompleted && checkpoints < 20)
            checkpoints += await TryCheckpointAsync(ecus, checkpoints % 2 == 0 ? "server" : "client") ? 1 : 0;

        ComponentExit exit = await ended;
        IEnumerable<string> lines = (await ecus.A.LogAsync("client")).Where(entry => entry.Stream == LogStream.Output).Select(entry => entry.Text);

        Assert.Equal(new ComponentExit(ExitReason.Exited, 0), exit);
        Assert.Equal(["calling", "client 100000, server 100000", "owners: client True, server True"], lines);
        Assert.True(checkpoints > 2, $"only {checkpoints} checkpoints were taken among the calls");
    }

    private static async Task<bool> TryCheckpointAsync(Ecus ecus, string name)
    {
        string image = ecus.NewImage();
        try
        {
            await ecus.A.CheckpointAsync(name, image, leaveRunning: true);
            Directory.Delete(image, recursive: true);
            return true;
        }
        catch (NodeOperationException over) when (over.Code == NodeErrorCode.ComponentEnded)
        {
            return false;
        }
    }
}
