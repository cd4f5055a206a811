using System.Globalization;
using Drover.Node;
using Drover.Node.Operations;

namespace Drover.Scenarios;

/// <summary>A wait with a timeout goes on with what was left: it is not cut short, and does not begin anew.</summary>
public sealed class WaitsKeepWhatWasLeft
{
    private static readonly TimeSpan s_asked = TimeSpan.FromSeconds(6);

    /// <summary>Before the checkpoint. A wait that began anew would take that much more than was asked.</summary>
    private static readonly TimeSpan s_before = TimeSpan.FromSeconds(4);

    [Theory]
    [InlineData("Thread.Sleep", "Task.Delay", "Monitor.Wait", "Thread.Join", "SemaphoreSlim", "SemaphoreSlim.WaitAsync", "ManualResetEventSlim", "AutoResetEvent",
        "WaitHandle.WaitAny", "Timer", "PeriodicTimer", "CancellationTokenSource")]
    [InlineData("poll", "ppoll", "select", "epoll_wait", "epoll_pwait2", "futex", "sigtimedwait", "nanosleep", "usleep")]
    public async Task Every_wait_goes_on_with_what_was_left_on_another_node(params string[] kinds)
    {
        await using Ecus ecus = new();
        await RunAsync(ecus, kinds);
        await Task.Delay(s_before);
        string image = ecus.NewImage();

        await ecus.A.CheckpointAsync("waits", image);
        await Task.Delay(s_before);
        await ecus.B.RestoreAsync(image);
        ComponentExit ended = await ecus.B.WaitForExitAsync("waits", Ecus.Soon);

        AssertTook(kinds, ended, await ecus.B.LogAsync("waits"));
    }

    [Fact]
    public async Task Waits_end_in_time_although_checkpoints_of_the_running_component_interrupt_them()
    {
        string[] kinds = ["poll", "ppoll", "select", "epoll_wait", "epoll_pwait2", "futex", "sigtimedwait", "nanosleep", "usleep"];
        await using Ecus ecus = new();
        await RunAsync(ecus, kinds);
        Task<ComponentExit> ended = ecus.A.WaitForExitAsync("waits", Ecus.Soon);
        for (int checkpoints = 0; checkpoints < 8; checkpoints++)
        {
            await Task.Delay(s_before / 8);
            string image = ecus.NewImage();
            await ecus.A.CheckpointAsync("waits", image, leaveRunning: true);
        }

        AssertTook(kinds, await ended, await ecus.A.LogAsync("waits"));
    }

    [Fact]
    public async Task Waits_end_in_time_after_three_moves()
    {
        string[] kinds = ["poll", "epoll_wait", "epoll_pwait2", "futex", "sigtimedwait", "usleep", "Task.Delay", "Monitor.Wait"];
        await using Ecus ecus = new();
        await RunAsync(ecus, kinds);
        (ILocalNode here, ILocalNode there) = (ecus.A, ecus.B);
        for (int move = 0; move < 3; move++)
        {
            await Task.Delay(s_before / 3);
            string image = ecus.NewImage();
            await here.CheckpointAsync("waits", image);
            await there.RestoreAsync(image);
            (here, there) = (there, here);
        }

        ComponentExit ended = await here.WaitForExitAsync("waits", Ecus.Soon);
        AssertTook(kinds, ended, await here.LogAsync("waits"));
    }

    private static async Task RunAsync(Ecus ecus, string[] kinds)
    {
        await ecus.A.RunAsync(new RunRequest { Program = Programs.Clockwork, Name = "waits", Arguments = ["waits", $"{s_asked.TotalMilliseconds}", .. kinds] }, Ecus.Soon);
        await ecus.A.WaitForLineAsync("waits", line => line == "waiting");
    }

    private static void AssertTook(string[] kinds, ComponentExit ended, IReadOnlyList<LogEntry> log)
    {
        Assert.True(
            ended == new ComponentExit(ExitReason.Exited, 0), $"{ended}\n{string.Join('\n', log.Select(entry => entry.Text))}");
        Dictionary<string, TimeSpan> took = log.Select(entry => entry.Text.Split(" took ")).Where(parts => parts.Length == 2)
            .ToDictionary(parts => parts[0], parts => TimeSpan.FromMicroseconds(long.Parse(parts[1], CultureInfo.InvariantCulture)));
        Assert.Equal(kinds.Order(), took.Keys.Order());
        // Some of .NET's timers count whole milliseconds, and by a coarse clock.
        TimeSpan coarse = TimeSpan.FromMilliseconds(20);
        TimeSpan anew = s_asked + s_before;
        string[] wrong = [.. took.Where(wait => wait.Value < s_asked - coarse || wait.Value > anew - coarse).Select(wait => $"{wait.Key} took {wait.Value} instead of {s_asked}")];
        Assert.True(wrong.Length == 0, string.Join('\n', wrong));
    }
}
