using Drover.Linux.Personality;
using Drover.Linux.Tracing;
using Drover.Platform;
using Drover.Platform.State;
using Xunit;

namespace Drover.Linux.Tests.Processes;

[Trait("Category", "Process")]
public sealed class StopTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly ConsoleLines _console = new();

    private static bool IsAlive(string line) => line.StartsWith("alive", StringComparison.Ordinal);

    [Fact]
    public async Task A_program_goes_on_after_stops_reads_and_snapshots()
    {
        using LinuxPersonality personality = Programs.Personality(_console);
        using LinuxProcessPlatform platform = new();
        using IComponentProcess process = platform.Launch(Programs.Request(Programs.Lively), personality);
        process.Start();
        await _console.WaitFor(IsAlive);
        for (int cycle = 0; cycle < 20; cycle++)
        {
            using (IStoppedProcess stopped = process.Stop(Patience))
            {
                ProcessState state = stopped.Read(Programs.Identify);
                using IMemorySnapshot snapshot = stopped.Snapshot();
                stopped.Resume();
                Assert.NotEmpty(snapshot.Runs);
                Assert.Equal(2, state.Threads[0].ThreadId);
            }
            await _console.WaitFor(IsAlive, _console.Count);
        }
        Assert.DoesNotContain("fault", _console.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_snapshot_keeps_the_memory_of_its_moment()
    {
        using LinuxPersonality personality = Programs.Personality(_console);
        using LinuxProcessPlatform platform = new();
        using IComponentProcess process = platform.Launch(Programs.Request(Programs.Lively), personality);
        process.Start();
        await _console.WaitFor(IsAlive);
        IStoppedProcess stopped = process.Stop(Patience);
        ProcessState state = stopped.Read(Programs.Identify);
        using IMemorySnapshot snapshot = stopped.Snapshot();
        stopped.Resume();
        byte[] first = ReadAll(snapshot);

        await _console.WaitFor(IsAlive, _console.Count + 2);

        Assert.True(first.AsSpan().SequenceEqual(ReadAll(snapshot)));
        foreach (PageRun run in snapshot.Runs)
            Assert.Contains(state.Mappings, mapping => mapping.Start <= run.Address && run.Address < mapping.End);
    }

    [Fact]
    public async Task A_component_that_ends_while_stopped_is_noticed()
    {
        using LinuxPersonality personality = Programs.Personality(_console);
        using LinuxProcessPlatform platform = new();
        using IComponentProcess process = platform.Launch(Programs.Request(Programs.Lively), personality);
        process.Start();
        await _console.WaitFor(IsAlive);
        using IStoppedProcess stopped = process.Stop(Patience);
        using IMemorySnapshot snapshot = stopped.Snapshot();

        process.Kill();

        Assert.Equal(new ProcessExit(0, 9), await process.Exited.WaitAsync(Patience));
        Assert.Throws<ProcessEndedException>(() => stopped.Read(Programs.Identify));
        Assert.NotEmpty(ReadAll(snapshot));
    }

    [Fact]
    public async Task A_stopped_component_that_is_killed_has_ended_for_whoever_looks_at_it()
    {
        using LinuxPersonality personality = Programs.Personality(_console);
        using LinuxProcessPlatform platform = new();
        for (int i = 0; i < 10; i++)
        {
            using IComponentProcess process = platform.Launch(Programs.Request(Programs.Lively), personality);
            process.Start();
            using IStoppedProcess stopped = process.Stop(Patience);
            TaskCompletionSource reading = new();
            Task read = Task.Factory.StartNew(
                () =>
                {
                    while (true)
                    {
                        stopped.Read(Programs.Identify);
                        reading.TrySetResult();
                    }
                },
                TaskCreationOptions.LongRunning);
            await reading.Task.WaitAsync(Patience);

            process.Kill();

            await Assert.ThrowsAsync<ProcessEndedException>(() => read.WaitAsync(Patience));
        }
    }

    [Fact]
    public async Task Memory_of_a_component_that_ended_while_it_is_looked_at_says_so()
    {
        using LinuxPersonality personality = Programs.Personality(_console);
        using LinuxProcessPlatform platform = new();
        using IComponentProcess process = platform.Launch(Programs.Request(Programs.Lively), personality);
        process.Start();
        await _console.WaitFor(IsAlive);
        using IRunningMemory memory = process.OpenMemory();

        process.Kill();

        await process.Exited.WaitAsync(Patience);
        Assert.Throws<ProcessEndedException>(memory.OpenShared);
        Assert.Throws<ProcessEndedException>(memory.TakeChanges);
    }

    [Fact]
    public async Task A_read_that_fails_leaves_the_component_running()
    {
        using LinuxPersonality personality = Programs.Personality(_console);
        using LinuxProcessPlatform platform = new();
        using IComponentProcess process = platform.Launch(Programs.Request(Programs.Lively), personality);
        process.Start();
        await _console.WaitFor(IsAlive);
        using (IStoppedProcess stopped = process.Stop(Patience))
        {
            Assert.Throws<FileNotFoundException>(() => stopped.Read((_, _) => throw new FileNotFoundException()));
        }
        await _console.WaitFor(IsAlive, _console.Count + 2);

        using IStoppedProcess again = process.Stop(Patience);
        Assert.NotEmpty(again.Read(Programs.Identify).Mappings);
    }

    [Fact]
    public async Task Processes_stop_and_go_on_side_by_side()
    {
        using LinuxPersonality personality = Programs.Personality(_console);
        using LinuxProcessPlatform platform = new();
        async Task Hail()
        {
            ConsoleLines console = new();
            using LinuxPersonality own = Programs.Personality(console);
            using IComponentProcess process = platform.Launch(Programs.Request(Programs.Lively), own);
            process.Start();
            await console.WaitFor(IsAlive);
            for (int stop = 0; stop < 60; stop++)
            {
                using IStoppedProcess stopped = process.Stop(Patience);
                if (stop % 2 == 0)
                    _ = stopped.Read(Programs.Identify);
                using IMemorySnapshot? snapshot = stop % 3 == 0 ? stopped.Snapshot() : null;
            }
            await console.WaitFor(IsAlive, console.Count + 1);
            Assert.DoesNotContain("fault", console.Text, StringComparison.Ordinal);
        }
        await Task.WhenAll(Task.Run(Hail), Task.Run(Hail));
    }

    private static byte[] ReadAll(IMemorySnapshot snapshot)
    {
        using MemoryStream all = new();
        foreach (PageRun run in snapshot.Runs)
        {
            byte[] content = new byte[run.LengthBytes];
            snapshot.Read(run.Address, content);
            all.Write(content);
        }
        return all.ToArray();
    }
}
