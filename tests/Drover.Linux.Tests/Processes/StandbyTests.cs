using Drover.Linux.Native;
using Drover.Linux.Personality;
using Drover.Linux.Processes;
using Drover.Platform;
using Drover.Platform.State;
using Xunit;

namespace Drover.Linux.Tests.Processes;

/// <summary>The copy of a snapshot that is there before a process is built of the snapshot.</summary>
[Trait("Category", "Process")]
public sealed class StandbyTests : IDisposable
{
    private readonly ConsoleLines _console = new();
    private readonly LinuxPersonality _personality;
    private readonly LinuxProcessPlatform _platform = new();

    public StandbyTests() => _personality = Programs.Personality(_console);

    public void Dispose()
    {
        _platform.Dispose();
        _personality.Dispose();
    }

    [Fact]
    public async Task A_process_built_of_the_snapshot_has_its_memory()
    {
        (IComponentProcess process, RecordedProcess recorded, MemorySnapshot snapshot) = await KeepAsync();
        int standby = Ready(snapshot);
        process.Dispose();
        int from = _console.Count;

        using IComponentProcess built = _platform.Rebuild(recorded.Request() with { Pages = snapshot }, _personality);

        Assert.False(snapshot.IsReady);
        Assert.True(ShareMemory(built.HostProcessId, standby));
        built.Start();
        await _console.WaitFor(line => line.StartsWith("alive", StringComparison.Ordinal), from);
        snapshot.KeepReady();
        int next = Ready(snapshot);
        Assert.NotEqual(standby, next);
        Assert.False(ShareMemory(built.HostProcessId, next));
    }

    [Fact]
    public async Task It_goes_with_its_snapshot_and_the_process_goes_on()
    {
        (IComponentProcess process, _, MemorySnapshot snapshot) = await KeepAsync();
        int standby = Ready(snapshot);

        snapshot.Dispose();

        Assert.False(Directory.Exists($"/proc/{standby}"));
        await _console.WaitFor(line => line.StartsWith("alive", StringComparison.Ordinal), _console.Count);
        process.Dispose();
    }

    [Fact]
    public async Task It_ends_with_the_platform()
    {
        (_, _, MemorySnapshot snapshot) = await KeepAsync();
        int standby = Ready(snapshot);

        _platform.Dispose();

        Assert.False(Directory.Exists($"/proc/{standby}"));
    }

    private async Task<(IComponentProcess Process, RecordedProcess Recorded, MemorySnapshot Snapshot)> KeepAsync()
    {
        IComponentProcess process = _platform.Launch(Programs.Request(Programs.Lively), _personality);
        process.Start();
        await _console.WaitFor(line => line.StartsWith("alive", StringComparison.Ordinal));
        using IStoppedProcess stopped = process.Stop(TimeSpan.FromSeconds(2));
        ProcessState state = stopped.Read(Programs.Identify);
        MemorySnapshot snapshot = (MemorySnapshot)stopped.Snapshot();
        snapshot.KeepReady();
        return (process, new RecordedProcess { State = state }, snapshot);
    }

    private static int Ready(MemorySnapshot snapshot)
    {
        Assert.True(SpinWait.SpinUntil(() => snapshot.IsReady, TimeSpan.FromMinutes(1)));
        return snapshot.Standby!.HostProcessId;
    }

    /// <summary>kcmp(2).</summary>
    private static bool ShareMemory(int process, int other)
    {
        const int Compare = 312;
        const int AddressSpaces = 1;
        return LinuxException.Check(Libc.Call(Compare, process, other, AddressSpaces, 0, 0), "kcmp") == 0;
    }
}
