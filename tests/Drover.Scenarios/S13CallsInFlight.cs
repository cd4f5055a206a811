using Drover.Node;
using Drover.Node.Operations;

namespace Drover.Scenarios;

/// <summary>S13: checkpoints at any moment, while eight threads call as fast as they can, delegate capabilities with each
/// call and reply, and signals rain. Client and server both keep books.</summary>
public sealed class S13CallsInFlight
{
    private const int Calls = 10_000;

    [Fact]
    public async Task Group_that_moves_to_and_fro_loses_no_call_and_does_none_twice()
    {
        await using Ecus ecus = new();
        await Rushing.StartServerAsync(ecus.A);
        await Rushing.StartClientAsync(ecus.A, "all-signals");
        ILocalNode here = ecus.A;
        for (int i = 1; i <= 100; i++)
        {
            bool moves = i % 20 == 0;
            string image = ecus.NewImage();
            await here.CheckpointGroupAsync(new GroupCheckpointRequest(i % 2 == 0 ? ["client", "server"] : ["server", "client"], image, !moves), Ecus.Soon);
            if (moves)
            {
                here = here == ecus.A ? ecus.B : ecus.A;
                await here.RestoreGroupAsync(new GroupRestoreRequest(image), Ecus.Soon);
            }

            Directory.Delete(image, recursive: true);
        }

        Rushing.AssertAllDoneOnce(await Rushing.FinishAsync(here, Calls));
        string signals = (await here.LogAsync("client")).Single(entry => entry.Text.StartsWith("signals", StringComparison.Ordinal)).Text;
        string[] words = signals.Split(' ');
        Assert.Equal(words[1], words[3]);
    }

    [Fact]
    public async Task Group_moves_while_system_signals_hail_on_every_thread()
    {
        await using Ecus ecus = new();
        await Rushing.StartServerAsync(ecus.A, "hail");
        await Rushing.StartClientAsync(ecus.A, "all-signals", "hail");
        ILocalNode here = ecus.A;
        for (int i = 0; i < 6; i++)
        {
            string image = ecus.NewImage();
            await here.CheckpointGroupAsync(new GroupCheckpointRequest(["client", "server"], image, false), Ecus.Soon);
            here = here == ecus.A ? ecus.B : ecus.A;
            await here.RestoreGroupAsync(new GroupRestoreRequest(image), Ecus.Soon);
        }

        Rushing.AssertAllDoneOnce(await Rushing.FinishAsync(here, 2000));
    }

    [Fact]
    public async Task Client_restored_while_the_source_goes_on_learns_of_each_call_that_it_lost()
    {
        await using Ecus ecus = new();
        await Rushing.StartServerAsync(ecus.A);
        await Rushing.StartClientAsync(ecus.A);
        for (int i = 0; i < 4; i++)
        {
            string image = ecus.NewImage();
            await ecus.A.CheckpointAsync("client", image, leaveRunning: true);
            await Rushing.StartServerAsync(ecus.B);
            await ecus.B.RestoreAsync(image);
            AssertSeen(await Rushing.FinishAsync(ecus.B, 500));
            await ecus.B.StopAsync("server", Ecus.Soon);
        }

        Rushing.AssertAllDoneOnce(await Rushing.FinishAsync(ecus.A, Calls));
    }

    [Fact]
    public async Task Client_that_moves_alone_and_back_to_its_server_does_no_call_twice()
    {
        await using Ecus ecus = new();
        await Rushing.StartServerAsync(ecus.A);
        await Rushing.StartClientAsync(ecus.A);
        for (int i = 0; i < 20; i++)
        {
            string image = ecus.NewImage();
            await ecus.A.CheckpointAsync("client", image);
            await ecus.A.RestoreAsync(image);
        }

        IReadOnlyList<RushThread> threads = await Rushing.FinishAsync(ecus.A, 2000);
        AssertSeen(threads);
        Assert.All(threads, thread => Assert.Equal(1ul, thread.First));
    }

    [Fact]
    public async Task Server_restored_while_the_source_goes_on_answers_nobody_from_before()
    {
        await using Ecus ecus = new();
        await Rushing.StartServerAsync(ecus.A);
        await Rushing.StartClientAsync(ecus.A);
        for (int i = 0; i < 4; i++)
        {
            string image = ecus.NewImage();
            await ecus.A.CheckpointAsync("server", image, leaveRunning: true);
            await ecus.B.RestoreAsync(image);
            await Rushing.StartClientAsync(ecus.B);
            // The restored server has counted the source's calls up to the image too.
            Rushing.AssertAllDoneOnce(await Rushing.FinishAsync(ecus.B, 1));
            await ecus.B.StopAsync("server", Ecus.Soon);
        }

        Rushing.AssertAllDoneOnce(await Rushing.FinishAsync(ecus.A, Calls));
    }

    [Fact]
    public async Task Callers_of_a_server_that_is_moved_away_alone_learn_that_it_lives_elsewhere()
    {
        await using Ecus ecus = new();
        await Rushing.StartServerAsync(ecus.A);
        await Rushing.StartClientAsync(ecus.A);

        await ecus.A.CheckpointAsync("server", ecus.NewImage());
        ComponentExit exit = await ecus.A.WaitForExitAsync("client", Ecus.Soon);

        // While the image was written every thread came to wait for an answer; the calls after that found the server gone.
        Assert.Equal(new ComponentExit(ExitReason.Exited, 0), exit);
        IEnumerable<string> threads = (await ecus.A.LogAsync("client")).Select(entry => entry.Text).Where(line => line.StartsWith("thread", StringComparison.Ordinal));
        Assert.Equal(Rushing.Threads, threads.Count());
        Assert.All(threads, thread => Assert.EndsWith("server gone, restored 1", thread, StringComparison.Ordinal));
    }

    /// <summary>What a server that met the client in the middle saw: nothing twice, and nothing missing of which the client
    /// was not told; no answer was that of another call.</summary>
    private static void AssertSeen(IReadOnlyList<RushThread> threads) => Assert.All(threads, thread =>
    {
        Assert.True(thread.Lost <= thread.Restored, $"{thread}");
        Assert.Equal((0ul, 0ul), (thread.Doubled, thread.Wrong));
        Assert.Equal(thread.Last - thread.First + 1 - thread.Lost, thread.Executed);
        Assert.Equal(thread.Made, thread.Last);
    });
}
